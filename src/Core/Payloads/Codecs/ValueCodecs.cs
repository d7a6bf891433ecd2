using System.Runtime.CompilerServices;

namespace TaskGraph;

/// <summary>An enum, as its underlying integer.</summary>
internal sealed class EnumCodec<TEnum, TUnderlying>(PayloadCodec<TUnderlying> codec) : PayloadCodec<TEnum>
    where TEnum : struct, Enum
    where TUnderlying : struct
{
    internal override int FixedBytes => Unsafe.SizeOf<TEnum>();

    public override void Write(ref PayloadWriter writer, TEnum value) =>
        codec.Write(ref writer, Unsafe.BitCast<TEnum, TUnderlying>(value));

    public override TEnum Read(ref PayloadReader reader) =>
        Unsafe.BitCast<TUnderlying, TEnum>(codec.Read(ref reader));

    public override long Measure(TEnum value) => Unsafe.SizeOf<TEnum>();
}

/// <summary>A nullable value: nil, or the value.</summary>
internal sealed class NullableCodec<T>(PayloadCodec<T> codec) : PayloadCodec<T?>
    where T : struct
{
    internal override int FixedBytes => codec.FixedBytes == 0 ? 0 : Unsafe.SizeOf<T?>();

    public override void Write(ref PayloadWriter writer, T? value)
    {
        if (value is { } some)
            codec.Write(ref writer, some);
        else
            writer.Pack.WriteNil();
    }

    public override T? Read(ref PayloadReader reader) => reader.Pack.TryReadNil() ? null : codec.Read(ref reader);

    public override long Measure(T? value) => 8 + (value is { } some ? codec.Measure(some) : Unsafe.SizeOf<T>());
}
