namespace TaskGraph;

/// <summary>
/// The one wire form of a sequence of <typeparamref name="T"/>, whatever collection holds it: primitives as a
/// buffer of their little-endian bytes, other elements as a MessagePack array.
/// </summary>
internal abstract class ElementRun<T>
{
    /// <summary>Writes elements that the caller may change afterwards: they are copied.</summary>
    public abstract void Write(ref PayloadWriter writer, scoped ReadOnlySpan<T> elements);

    /// <summary>Writes an array's elements, as a view of the array where they are primitives.</summary>
    public virtual void WriteArray(ref PayloadWriter writer, Array array, int start, int count) =>
        Write(ref writer, ArrayBytes.Elements<T>(array, start, count));

    public abstract T[] Read(ref PayloadReader reader);

    public abstract long Measure(ReadOnlySpan<T> elements);
}
