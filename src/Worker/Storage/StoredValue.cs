using System.Buffers;

namespace TaskGraph.Worker.Storage;

/// <summary>
/// One value in the store: as an object, encoded, or both. Values that were fetched stay encoded until a task asks for
/// them with the codec of its parameter's type. Whoever holds this object may use the value even after the store has
/// dropped it: that is how runs pin their inputs.
/// </summary>
internal sealed class StoredValue
{
    // An encoded form of this size is kept beside the object: re-encoding costs more than the memory.
    private const int KeepEncodedBytes = 64 << 10;

    private readonly Lock _gate = new();
    private object? _value;
    private PayloadCodec? _codec;
    private Payload _payload;
    private bool _isEncoded;

    private StoredValue(TaskId task, long bytes)
    {
        Task = task;
        Bytes = bytes;
    }

    /// <summary>Whose value it is.</summary>
    public TaskId Task { get; }

    /// <summary>Bytes in memory.</summary>
    public long Bytes { get; }

    /// <summary>A value that a run returned; <paramref name="encoded"/> if it has been encoded already.</summary>
    public static StoredValue Of(TaskId task, object? value, PayloadCodec codec, long bytes, Payload? encoded = null)
    {
        var stored = new StoredValue(task, bytes) { _value = value, _codec = codec };
        if (encoded is { } payload)
        {
            stored._payload = payload;
            stored._isEncoded = true;
        }

        return stored;
    }

    /// <summary>A value as it came over the wire. The payload's memory belongs to the store from here on.</summary>
    public static StoredValue OfPayload(TaskId task, Payload payload) => OfPayload(task, payload, payload.ByteCount);

    /// <summary>A value as it came from disk, where it had been counted with <paramref name="bytes"/>.</summary>
    public static StoredValue OfPayload(TaskId task, Payload payload, long bytes) =>
        new(task, bytes) { _payload = payload, _isEncoded = true };

    /// <summary>The value for a parameter whose type <paramref name="codec"/> serves.</summary>
    /// <exception cref="MessagePackException">The stored bytes are no such value.</exception>
    public object? Get(PayloadCodec codec)
    {
        lock (_gate)
        {
            if (_codec is not null)
                return Fits(codec) ? _value : PayloadCodecs.Decode(codec.ValueType, Encode());
            _value = PayloadCodecs.Decode(codec.ValueType, _payload);
            _codec = codec;
            if (_payload.Body.Length > KeepEncodedBytes)
            {
                _payload = default;
                _isEncoded = false;
            }

            return _value;
        }
    }

    /// <summary>The value as it travels; large arrays are not copied.</summary>
    /// <exception cref="NotSerializableException">The value cannot be encoded.</exception>
    public Payload Encode()
    {
        lock (_gate)
        {
            if (_isEncoded)
                return _payload;
            var payload = PayloadCodecs.Encode(_codec!.ValueType, _value);
            if (payload.Body.Length <= KeepEncodedBytes)
            {
                _payload = payload;
                _isEncoded = true;
            }

            return payload;
        }
    }

    /// <summary>Encodes the value piece by piece: there is never a second copy of it in memory.</summary>
    /// <exception cref="NotSerializableException">The value cannot be encoded.</exception>
    public void Write(IBufferWriter<byte> body, List<ReadOnlyMemory<byte>> buffers)
    {
        object? value;
        PayloadCodec codec;
        lock (_gate)
        {
            if (_isEncoded)
            {
                body.Write(_payload.Body.Span);
                buffers.AddRange(_payload.Buffers);
                return;
            }

            (value, codec) = (_value, _codec!);
        }

        var writer = new PayloadWriter(body, buffers);
        PayloadCodecs.WriteObject(ref writer, codec, value);
        writer.Flush();
    }

    private bool Fits(PayloadCodec codec) =>
        ReferenceEquals(codec, _codec)
        || codec.ValueType == _codec!.ValueType
        || (_value is null ? !codec.ValueType.IsValueType : codec.ValueType.IsInstanceOfType(_value));
}
