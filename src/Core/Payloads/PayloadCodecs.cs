using System.Buffers;
using System.Collections.Concurrent;

namespace TaskGraph;

/// <summary>
/// The codecs of all types, built once for each. Which codec serves a value is decided by its static type alone:
/// no type names travel. Safe for concurrent use.
/// </summary>
public static class PayloadCodecs
{
    private static readonly ConcurrentDictionary<Type, PayloadCodec> s_codecs = new();

    /// <summary>The codec of <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSerializableException">
    /// Values of the type cannot be sent; the path names the member at fault.
    /// </exception>
    public static PayloadCodec<T> For<T>() => Cached<T>.Codec ??= (PayloadCodec<T>)For(typeof(T));

    /// <summary>The codec of <paramref name="type"/>.</summary>
    /// <exception cref="NotSerializableException">
    /// Values of the type cannot be sent; the path names the member at fault.
    /// </exception>
    public static PayloadCodec For(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return s_codecs.TryGetValue(type, out var codec) ? codec : new CodecBuilder(s_codecs).BuildRoot(type);
    }

    /// <summary>Encodes a value; large arrays become buffers that share the value's memory.</summary>
    /// <exception cref="NotSerializableException">The value holds something that cannot be sent.</exception>
    public static Payload Encode<T>(T value)
    {
        List<ReadOnlyMemory<byte>>? buffers = MayHaveBuffers<T>() ? [] : null;
        var output = PayloadBuffer.Rent();
        try
        {
            Write(output, value, buffers);
            return new Payload(output.ToMemory(), buffers is { Count: > 0 } ? [.. buffers] : null);
        }
        finally
        {
            PayloadBuffer.Return(output);
        }
    }

    /// <summary>
    /// Appends a value to <paramref name="output"/>, as to a blob of many arguments. When it throws, part of the value
    /// may have been written.
    /// </summary>
    /// <param name="output">Where the MessagePack goes.</param>
    /// <param name="value">The value.</param>
    /// <param name="buffers">Collects large arrays, which share the value's memory; null writes all inline.</param>
    /// <exception cref="NotSerializableException">The value holds something that cannot be sent.</exception>
    public static void Write<T>(IBufferWriter<byte> output, T value, List<ReadOnlyMemory<byte>>? buffers = null)
    {
        var writer = new PayloadWriter(output, buffers);
        Write(ref writer, For<T>(), value);
        writer.Flush();
    }

    /// <summary>
    /// Writes a value as a root of its own: an error's path begins at it. A codec inside another calls
    /// <see cref="PayloadCodec{T}.Write"/> instead.
    /// </summary>
    /// <exception cref="NotSerializableException">The value holds something that cannot be sent.</exception>
    public static void Write<T>(ref PayloadWriter writer, PayloadCodec<T> codec, T value)
    {
        try
        {
            codec.Write(ref writer, value);
        }
        catch (NotSerializableException e) when (e.NeedsPath)
        {
            throw Explain(codec, value, e);
        }
    }

    /// <summary>Writes a boxed value as a root of its own: an error's path begins at it.</summary>
    /// <exception cref="NotSerializableException">The value holds something that cannot be sent.</exception>
    public static void WriteObject(ref PayloadWriter writer, PayloadCodec codec, object? value)
    {
        try
        {
            codec.WriteObject(ref writer, value);
        }
        catch (NotSerializableException e) when (e.NeedsPath)
        {
            throw Explain(codec, value, e);
        }
    }

    /// <summary>Encodes a value under the codec of <paramref name="type"/>.</summary>
    /// <exception cref="NotSerializableException">The value holds something that cannot be sent.</exception>
    public static Payload Encode(Type type, object? value)
    {
        List<ReadOnlyMemory<byte>> buffers = [];
        var output = PayloadBuffer.Rent();
        try
        {
            var writer = new PayloadWriter(output, buffers);
            WriteObject(ref writer, For(type), value);
            writer.Flush();
            return new Payload(output.ToMemory(), buffers.Count > 0 ? [.. buffers] : null);
        }
        finally
        {
            PayloadBuffer.Return(output);
        }
    }

    /// <summary>Decodes a value that <see cref="Encode{T}"/> made.</summary>
    /// <exception cref="MessagePackException">The bytes are no such value.</exception>
    public static T Decode<T>(in Payload payload)
    {
        var reader = new PayloadReader(payload);
        var value = For<T>().Read(ref reader);
        reader.Pack.ReadEnd();
        return value;
    }

    /// <summary>Decodes a value under the codec of <paramref name="type"/>.</summary>
    /// <exception cref="MessagePackException">The bytes are no such value.</exception>
    public static object? Decode(Type type, in Payload payload)
    {
        var reader = new PayloadReader(payload);
        var value = For(type).ReadObject(ref reader);
        reader.Pack.ReadEnd();
        return value;
    }

    // Scalars have no buffers: they need no list.
    private static bool MayHaveBuffers<T>() => !typeof(T).IsPrimitive && typeof(T) != typeof(string);

    /// <summary>Writes the value again, keeping the path, to say where the part at fault stands.</summary>
    private static NotSerializableException Explain(PayloadCodec codec, object? value, NotSerializableException first)
    {
        try
        {
            var trace = new PayloadTrace(codec.ValueType);
            var writer = new PayloadWriter(new PayloadBuffer()) { Trace = trace };
            codec.WriteObject(ref writer, value);
        }
        catch (NotSerializableException e)
        {
            return e;
        }

        return first;
    }

    private static class Cached<T>
    {
        public static PayloadCodec<T>? Codec;
    }
}
