using System.Buffers.Binary;

namespace TaskGraph;

/// <summary>The specification's timestamp extension: 32, 64 or 96 bits of seconds and nanoseconds since 1970.</summary>
internal static class MessagePackTimestamp
{
    public const sbyte ExtensionType = -1;

    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;

    /// <summary>Decodes a timestamp's data; nanoseconds below .NET's 100 ns tick are cut off.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> data, out DateTime value)
    {
        long seconds;
        ulong nanoseconds;
        value = default;
        switch (data.Length)
        {
            case 4:
                seconds = BinaryPrimitives.ReadUInt32BigEndian(data);
                nanoseconds = 0;
                break;
            case 8:
                var both = BinaryPrimitives.ReadUInt64BigEndian(data);
                seconds = (long)(both & ((1UL << 34) - 1));
                nanoseconds = both >> 34;
                break;
            case 12:
                nanoseconds = BinaryPrimitives.ReadUInt32BigEndian(data);
                seconds = BinaryPrimitives.ReadInt64BigEndian(data[4..]);
                break;
            default:
                return false;
        }

        if (nanoseconds > 999_999_999 || seconds is < MinSeconds or > MaxSeconds)
            return false;
        var ticks = DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (long)(nanoseconds / 100);
        value = new DateTime(ticks, DateTimeKind.Utc);
        return true;
    }
}
