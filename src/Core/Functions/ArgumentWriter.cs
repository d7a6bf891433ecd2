using System.Buffers;

namespace TaskGraph;

/// <summary>
/// Writes the argument blob of one task: for each parameter of the delegate, in order, a kind and its content
/// (<see cref="ArgumentKind"/>).
/// </summary>
public ref struct ArgumentWriter
{
    private PayloadWriter _writer;

    /// <summary>Writes to <paramref name="output"/>; call <see cref="Flush"/> at the end.</summary>
    public ArgumentWriter(IBufferWriter<byte> output) => _writer = new PayloadWriter(output);

    /// <summary>A value, under the codec of the parameter's type.</summary>
    /// <exception cref="NotSerializableException">The value cannot travel.</exception>
    public void Value<T>(T value, PayloadCodec<T> codec)
    {
        _writer.Pack.Write((uint)ArgumentKind.Value);
        codec.Write(ref _writer, value);
    }

    /// <summary>A boxed value, under the codec of the parameter's type.</summary>
    /// <exception cref="NotSerializableException">The value cannot travel.</exception>
    public void Value(object? value, PayloadCodec codec)
    {
        _writer.Pack.Write((uint)ArgumentKind.Value);
        codec.WriteObject(ref _writer, value);
    }

    /// <summary>The result of the task's dependency <paramref name="ordinal"/>.</summary>
    public void Dependency(int ordinal)
    {
        _writer.Pack.Write((uint)ArgumentKind.Dependency);
        _writer.Pack.Write((uint)ordinal);
    }

    /// <summary>The results of <paramref name="count"/> neighbouring dependencies as one sequence.</summary>
    public void Dependencies(int start, int count)
    {
        _writer.Pack.Write((uint)ArgumentKind.Dependencies);
        _writer.Pack.Write((uint)start);
        _writer.Pack.Write((uint)count);
    }

    /// <summary>The results of any dependencies, in any order and as often as named, as one sequence.</summary>
    public void Dependencies(ReadOnlySpan<int> ordinals)
    {
        _writer.Pack.Write((uint)ArgumentKind.DependencyList);
        _writer.Pack.Write((uint)ordinals.Length);
        foreach (var ordinal in ordinals)
            _writer.Pack.Write((uint)ordinal);
    }

    /// <summary>The task's own cancellation token.</summary>
    public void CancellationToken() => _writer.Pack.Write((uint)ArgumentKind.CancellationToken);

    /// <summary>The actor whose method is called.</summary>
    public void Actor() => _writer.Pack.Write((uint)ArgumentKind.Actor);

    /// <summary>Hands all bytes to the output.</summary>
    public void Flush() => _writer.Flush();
}
