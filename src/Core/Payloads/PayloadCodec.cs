namespace TaskGraph;

/// <summary>Knows how values of one static type travel. Derive from <see cref="PayloadCodec{T}"/>.</summary>
public abstract class PayloadCodec
{
    private protected PayloadCodec(Type valueType)
    {
        ValueType = valueType;
    }

    /// <summary>The static type whose values the codec writes and reads.</summary>
    public Type ValueType { get; }

    /// <summary>How many bytes every value takes in memory, or 0 if they differ.</summary>
    internal virtual int FixedBytes => 0;

    /// <summary>Writes a boxed value.</summary>
    /// <exception cref="NotSerializableException">The value holds something that cannot be sent.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public abstract void WriteObject(ref PayloadWriter writer, object? value);

    /// <summary>Reads a value and boxes it.</summary>
    /// <exception cref="MessagePackException">The bytes are no such value.</exception>
    public abstract object? ReadObject(ref PayloadReader reader);

    /// <summary>Estimates how many bytes a boxed value holds in memory.</summary>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public abstract long MeasureObject(object? value);
}

/// <summary>Knows how values of type <typeparamref name="T"/> travel. One instance serves all threads.</summary>
/// <typeparam name="T">The static type of the values.</typeparam>
public abstract class PayloadCodec<T> : PayloadCodec
{
    /// <summary>For derived codecs.</summary>
    protected PayloadCodec()
        : base(typeof(T))
    {
    }

    /// <summary>Writes exactly one MessagePack value.</summary>
    /// <exception cref="NotSerializableException">The value holds something that cannot be sent.</exception>
    public abstract void Write(ref PayloadWriter writer, T value);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="MessagePackException">The bytes are no such value.</exception>
    public abstract T Read(ref PayloadReader reader);

    /// <summary>Estimates how many bytes a value holds in memory; unless overridden, 64.</summary>
    public virtual long Measure(T value) => 64;

    /// <inheritdoc/>
    public sealed override void WriteObject(ref PayloadWriter writer, object? value) => Write(ref writer, (T)value!);

    /// <inheritdoc/>
    public sealed override object? ReadObject(ref PayloadReader reader) => Read(ref reader);

    /// <inheritdoc/>
    public sealed override long MeasureObject(object? value) => Measure((T)value!);
}
