namespace TaskGraph;

/// <summary>Values of events: small, and without buffers beside them.</summary>
public static class TopicValue
{
    /// <summary>Bytes of an encoded value at most.</summary>
    public const int MaxBytes = 64 << 10;

    private const int MaxTopicLength = 512;

    /// <summary>The bytes of a value.</summary>
    /// <exception cref="ArgumentException">There are too many, or the topic's name is empty or too long.</exception>
    public static byte[] Encode<T>(string topic, T value)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        if (topic.Length > MaxTopicLength)
            throw new ArgumentException($"The topic's name has {topic.Length} characters, at most {MaxTopicLength} may be.");
        var payload = PayloadCodecs.Encode(value);
        var bytes = payload.Body.Length + payload.Buffers.Sum(static buffer => buffer.Length);
        if (bytes > MaxBytes || payload.Buffers.Length > 0)
        {
            throw new ArgumentException(
                $"An event takes {bytes} bytes; at most {MaxBytes} fit, and no large arrays. Log where the data is instead.");
        }

        return payload.Body.ToArray();
    }
}
