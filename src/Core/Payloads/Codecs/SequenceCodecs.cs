using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>A list.</summary>
internal sealed class ListCodec<T>(ElementRun<T> run) : PayloadCodec<List<T>?>
{
    public override void Write(ref PayloadWriter writer, List<T>? value)
    {
        if (value is null)
            writer.Pack.WriteNil();
        else
            run.Write(ref writer, CollectionsMarshal.AsSpan(value));
    }

    public override List<T>? Read(ref PayloadReader reader) =>
        reader.Pack.TryReadNil() ? null : [.. run.Read(ref reader)];

    public override long Measure(List<T>? value) =>
        value is null ? 0 : 56 + run.Measure(CollectionsMarshal.AsSpan(value));
}

/// <summary>
/// A sequence known by an interface: it arrives as an array, or as a list where the interface lets elements be added.
/// </summary>
internal sealed class InterfaceCodec<TSequence, T>(ElementRun<T> run, bool asList) : PayloadCodec<TSequence?>
    where TSequence : class, IEnumerable<T>
{
    public override void Write(ref PayloadWriter writer, TSequence? value)
    {
        switch (value)
        {
            case null:
                writer.Pack.WriteNil();
                break;
            case T[] array:
                run.WriteArray(ref writer, array, 0, array.Length);
                break;
            case List<T> list:
                run.Write(ref writer, CollectionsMarshal.AsSpan(list));
                break;
            default:
                var copy = value.ToArray();
                run.WriteArray(ref writer, copy, 0, copy.Length);
                break;
        }
    }

    public override TSequence? Read(ref PayloadReader reader)
    {
        if (reader.Pack.TryReadNil())
            return null;
        var elements = run.Read(ref reader);
        return asList ? (TSequence)(object)new List<T>(elements) : (TSequence)(object)elements;
    }

    public override long Measure(TSequence? value) => value switch
    {
        null => 0,
        T[] array => 24 + run.Measure(array),
        List<T> list => 56 + run.Measure(CollectionsMarshal.AsSpan(list)),
        IReadOnlyCollection<T> collection => 56 + run.Measure(collection.ToArray()),
        _ => 64,
    };
}

/// <summary>A hash set; only the default comparer travels.</summary>
internal sealed class SetCodec<TSet, T>(ElementRun<T> run) : PayloadCodec<TSet?>
    where TSet : class, IEnumerable<T>
{
    public override void Write(ref PayloadWriter writer, TSet? value)
    {
        if (value is null)
        {
            writer.Pack.WriteNil();
            return;
        }

        if (value is HashSet<T> set)
            Comparers.RequireDefault(ref writer, typeof(TSet), set.Comparer);
        var elements = value.ToArray();
        run.WriteArray(ref writer, elements, 0, elements.Length);
    }

    public override TSet? Read(ref PayloadReader reader) =>
        reader.Pack.TryReadNil() ? null : (TSet)(object)new HashSet<T>(run.Read(ref reader));

    public override long Measure(TSet? value)
    {
        if (value is null)
            return 0;
        var elements = value.ToArray();
        return 64 + (12L * elements.Length) + run.Measure(elements);
    }
}
