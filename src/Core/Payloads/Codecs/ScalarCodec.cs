using System.Runtime.CompilerServices;

namespace TaskGraph;

internal delegate void WriteScalar<T>(ref PayloadWriter writer, T value);

internal delegate T ReadScalar<T>(ref PayloadReader reader);

/// <summary>A codec of two functions, for the types that are one MessagePack value.</summary>
internal sealed class ScalarCodec<T>(WriteScalar<T> write, ReadScalar<T> read, Func<T, long>? measure = null)
    : PayloadCodec<T>
{
    internal override int FixedBytes => measure is null ? Unsafe.SizeOf<T>() : 0;

    public override void Write(ref PayloadWriter writer, T value) => write(ref writer, value);

    public override T Read(ref PayloadReader reader) => read(ref reader);

    public override long Measure(T value) => measure?.Invoke(value) ?? Unsafe.SizeOf<T>();
}
