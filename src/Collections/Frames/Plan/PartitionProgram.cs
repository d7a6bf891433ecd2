namespace TaskGraph.Collections;

/// <summary>Row-wise steps that run one after the other in one task. It travels to the workers.</summary>
[PayloadCodec(typeof(PartitionProgramCodec))]
internal sealed class PartitionProgram(IReadOnlyList<Step> steps)
{
    internal static PartitionProgram Empty { get; } = new([]);

    internal IReadOnlyList<Step> Steps { get; } = steps;

    internal PartitionProgram Then(Step step) => new([.. Steps, step]);

    internal Table Run(Table table)
    {
        foreach (Step step in Steps)
            table = step.Apply(table);
        return table;
    }
}

/// <summary>A program as an array of steps.</summary>
internal sealed class PartitionProgramCodec : PayloadCodec<PartitionProgram>
{
    public override void Write(ref PayloadWriter writer, PartitionProgram value)
    {
        writer.Pack.WriteArrayHeader(value.Steps.Count);
        foreach (Step step in value.Steps)
            StepCodec.Write(ref writer, step);
    }

    public override PartitionProgram Read(ref PayloadReader reader)
    {
        var steps = new Step[reader.Pack.ReadArrayHeader()];
        for (int i = 0; i < steps.Length; i++)
            steps[i] = StepCodec.Read(ref reader);
        return new PartitionProgram(steps);
    }
}
