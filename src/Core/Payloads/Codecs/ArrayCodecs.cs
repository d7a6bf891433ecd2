using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>A one-dimensional array.</summary>
internal sealed class ArrayCodec<T>(ElementRun<T> run) : PayloadCodec<T[]?>
{
    public override void Write(ref PayloadWriter writer, T[]? value)
    {
        if (value is null)
            writer.Pack.WriteNil();
        else
            run.WriteArray(ref writer, value, 0, value.Length);
    }

    public override T[]? Read(ref PayloadReader reader) => reader.Pack.TryReadNil() ? null : run.Read(ref reader);

    public override long Measure(T[]? value) => value is null ? 0 : 24 + run.Measure(value);
}

/// <summary>An immutable array; the default one travels as nil.</summary>
internal sealed class ImmutableArrayCodec<T>(ElementRun<T> run) : PayloadCodec<ImmutableArray<T>>
{
    public override void Write(ref PayloadWriter writer, ImmutableArray<T> value)
    {
        if (ImmutableCollectionsMarshal.AsArray(value) is { } array)
            run.WriteArray(ref writer, array, 0, array.Length);
        else
            writer.Pack.WriteNil();
    }

    public override ImmutableArray<T> Read(ref PayloadReader reader) =>
        reader.Pack.TryReadNil() ? default : ImmutableCollectionsMarshal.AsImmutableArray(run.Read(ref reader));

    public override long Measure(ImmutableArray<T> value) => value.IsDefault ? 8 : 32 + run.Measure(value.AsSpan());
}

/// <summary>Read-only memory; on arrival it has an array of its own.</summary>
internal sealed class ReadOnlyMemoryCodec<T>(ElementRun<T> run) : PayloadCodec<ReadOnlyMemory<T>>
{
    public override void Write(ref PayloadWriter writer, ReadOnlyMemory<T> value)
    {
        if (MemoryMarshal.TryGetArray(value, out var segment) && segment.Array is not null)
            run.WriteArray(ref writer, segment.Array, segment.Offset, segment.Count);
        else
            run.Write(ref writer, value.Span);
    }

    public override ReadOnlyMemory<T> Read(ref PayloadReader reader) => run.Read(ref reader);

    public override long Measure(ReadOnlyMemory<T> value) => 40 + run.Measure(value.Span);
}

/// <summary>Memory; on arrival it has an array of its own.</summary>
internal sealed class MemoryCodec<T>(ElementRun<T> run) : PayloadCodec<Memory<T>>
{
    private readonly ReadOnlyMemoryCodec<T> _codec = new(run);

    public override void Write(ref PayloadWriter writer, Memory<T> value) => _codec.Write(ref writer, value);

    public override Memory<T> Read(ref PayloadReader reader) => run.Read(ref reader);

    public override long Measure(Memory<T> value) => _codec.Measure(value);
}
