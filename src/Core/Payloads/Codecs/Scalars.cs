using System.Numerics;

namespace TaskGraph;

/// <summary>The codecs of the built-in scalar types, in MessagePack-CSharp's encodings where it has one.</summary>
internal static class Scalars
{
    private static readonly PayloadCodec[] s_codecs =
    [
        new ScalarCodec<bool>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadBoolean()),
        new ScalarCodec<byte>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadByte()),
        new ScalarCodec<sbyte>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadSByte()),
        new ScalarCodec<short>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadInt16()),
        new ScalarCodec<ushort>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadUInt16()),
        new ScalarCodec<int>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadInt32()),
        new ScalarCodec<uint>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadUInt32()),
        new ScalarCodec<long>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadInt64()),
        new ScalarCodec<ulong>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadUInt64()),
        new ScalarCodec<float>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadSingle()),
        new ScalarCodec<double>(
            static (ref w, v) => w.Pack.Write(v), static (ref r) => r.Pack.ReadDouble()),
        new ScalarCodec<char>(
            static (ref w, v) => w.Pack.Write((ushort)v), static (ref r) => (char)r.Pack.ReadUInt16()),
        new ScalarCodec<string?>(
            TextScalars.Write,
            static (ref r) => r.Pack.ReadString(),
            static v => v is null ? 0 : 22 + (2L * v.Length)),
        new ScalarCodec<Half>(
            static (ref w, v) => w.Pack.Write((float)v), static (ref r) => (Half)r.Pack.ReadSingle()),
        new ScalarCodec<decimal>(TextScalars.Write, TextScalars.ReadDecimal),
        new ScalarCodec<Guid>(TextScalars.Write, TextScalars.ReadGuid),
        new ScalarCodec<Uri?>(
            TextScalars.Write, TextScalars.ReadUri, static v => v is null ? 0 : 64 + (2L * v.OriginalString.Length)),
        new ScalarCodec<Version?>(TextScalars.Write, TextScalars.ReadVersion, static v => v is null ? 0 : 32),
        new ScalarCodec<BigInteger>(
            WideScalars.Write, WideScalars.ReadBigInteger, static v => 40 + (v.GetBitLength() / 8)),
        new ScalarCodec<Int128>(WideScalars.Write, WideScalars.ReadInt128),
        new ScalarCodec<UInt128>(WideScalars.Write, WideScalars.ReadUInt128),
        new ScalarCodec<DateTime>(TimeScalars.Write, TimeScalars.ReadDateTime),
        new ScalarCodec<DateTimeOffset>(TimeScalars.Write, TimeScalars.ReadDateTimeOffset),
        new ScalarCodec<TimeSpan>(
            static (ref w, v) => w.Pack.Write(v.Ticks), static (ref r) => new TimeSpan(r.Pack.ReadInt64())),
        new ScalarCodec<DateOnly>(
            static (ref w, v) => w.Pack.Write(v.DayNumber), TimeScalars.ReadDateOnly),
        new ScalarCodec<TimeOnly>(
            static (ref w, v) => w.Pack.Write(v.Ticks), TimeScalars.ReadTimeOnly),
    ];

    private static readonly Dictionary<Type, PayloadCodec> s_byType = s_codecs.ToDictionary(c => c.ValueType);

    public static PayloadCodec? For(Type type) => s_byType.GetValueOrDefault(type);
}
