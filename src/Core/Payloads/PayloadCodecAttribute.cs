namespace TaskGraph;

/// <summary>
/// Names the codec of a type. The codec derives from <see cref="PayloadCodec{T}"/> of that very type and has a
/// parameterless constructor; for an open generic type it is an open generic codec with the same type parameters.
/// A codec asks for the codecs of its parts when it writes and reads, not in its constructor: types may be recursive.
/// </summary>
/// <param name="codecType">The codec's type.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface, Inherited = false)]
public sealed class PayloadCodecAttribute(Type codecType) : Attribute
{
    /// <summary>The codec's type.</summary>
    public Type CodecType { get; } = codecType;
}
