using System.Globalization;

namespace TaskGraph.Worker.Command;

/// <summary>Values of options as people write them; what makes no sense is refused in one line.</summary>
internal static class InputReading
{
    /// <summary>A number, null if there is none.</summary>
    public static int? Number(string option, string? text, int least, int most)
    {
        if (text is null)
            return null;
        BadInputException.Require(
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most,
            $"{option} {text}: a number between {least} and {most}, please.");
        return number;
    }

    /// <summary>A time, null if there is none.</summary>
    public static TimeSpan? Duration(string option, string? text)
    {
        if (text is null)
            return null;
        BadInputException.Require(
            DurationText.TryParse(text, out var duration), $"{option} {text}: write 60, 5s or 2m, please.");
        return duration;
    }
}
