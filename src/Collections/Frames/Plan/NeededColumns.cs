namespace TaskGraph.Collections;

/// <summary>Projection push-down: which of a source's columns a plan reads.</summary>
internal static class NeededColumns
{
    /// <summary>Walks the steps backwards from the wanted outputs (null for all); null means all columns.</summary>
    internal static IReadOnlySet<string>? Of(Schema? source, IReadOnlyList<Step> steps, IReadOnlySet<string>? outputs)
    {
        if (source is null)
            return null;
        // What a function over partitions reads is not known: it gets all that there is at its place.
        int lastMap = -1;
        for (int i = 0; i < steps.Count; i++)
            lastMap = steps[i] is MapStep ? i : lastMap;
        IReadOnlyList<Step> known = lastMap < 0 ? steps : [.. steps.Take(lastMap)];
        if (known.Any(step => step is MapStep))
            return Of(source, known, null);
        IReadOnlySet<string> needed = lastMap >= 0 || outputs is null
            ? new HashSet<string>(SchemaAfter(source, known).Names)
            : outputs;
        for (int i = known.Count - 1; i >= 0; i--)
            needed = known[i].Inputs(needed);
        return needed;
    }

    /// <summary>The columns after the steps: they are run over no rows.</summary>
    internal static Schema SchemaAfter(Schema source, IEnumerable<Step> steps) =>
        new PartitionProgram([.. steps]).Run(Table.Empty(source)).Schema;
}
