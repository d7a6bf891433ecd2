namespace TaskGraph;

/// <summary>Dates and times.</summary>
internal static class TimeScalars
{
    /// <summary>
    /// UTC as timestamp; other kinds, which a timestamp would lose, as the integer of <see
    /// cref="DateTime.ToBinary"/>.
    /// </summary>
    public static void Write(ref PayloadWriter writer, DateTime value)
    {
        if (value.Kind == DateTimeKind.Utc)
            writer.Pack.Write(value);
        else
            writer.Pack.Write(value.ToBinary());
    }

    public static DateTime ReadDateTime(ref PayloadReader reader)
    {
        if (reader.Pack.NextType == MessagePackType.Extension)
            return reader.Pack.ReadDateTime();
        var start = reader.Pack.Consumed;
        try
        {
            return DateTime.FromBinary(reader.Pack.ReadInt64());
        }
        catch (ArgumentException)
        {
            throw PayloadReader.Invalid("a DateTime", start);
        }
    }

    /// <summary>The clock time as if it were UTC, and the offset in minutes, as MessagePack-CSharp does.</summary>
    public static void Write(ref PayloadWriter writer, DateTimeOffset value)
    {
        writer.Pack.WriteArrayHeader(2);
        writer.Pack.Write(new DateTime(value.Ticks, DateTimeKind.Utc));
        writer.Pack.Write((short)value.TotalOffsetMinutes);
    }

    public static DateTimeOffset ReadDateTimeOffset(ref PayloadReader reader)
    {
        var start = reader.Pack.Consumed;
        reader.Pack.ReadArrayHeader(2);
        var clock = reader.Pack.ReadDateTime();
        var minutes = reader.Pack.ReadInt16();
        try
        {
            return new DateTimeOffset(clock.Ticks, TimeSpan.FromMinutes(minutes));
        }
        catch (ArgumentException)
        {
            throw PayloadReader.Invalid("a DateTimeOffset", start);
        }
    }

    public static DateOnly ReadDateOnly(ref PayloadReader reader)
    {
        var start = reader.Pack.Consumed;
        var day = reader.Pack.ReadInt32();
        return day >= 0 && day <= DateOnly.MaxValue.DayNumber
            ? DateOnly.FromDayNumber(day)
            : throw PayloadReader.Invalid("a day of the years 1 to 9999", start);
    }

    public static TimeOnly ReadTimeOnly(ref PayloadReader reader)
    {
        var start = reader.Pack.Consumed;
        var ticks = reader.Pack.ReadInt64();
        return ticks >= 0 && ticks <= TimeOnly.MaxValue.Ticks
            ? new TimeOnly(ticks)
            : throw PayloadReader.Invalid("a time of day in ticks", start);
    }
}
