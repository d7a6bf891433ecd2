using System.Globalization;

namespace TaskGraph;

/// <summary>
/// Draws reports as one line that overwrites itself; where lines cannot be overwritten (a file, a pipe), one line per
/// tenth.
/// </summary>
public sealed class ConsoleProgressBar : IProgress<ProgressReport>
{
    private readonly TextWriter _output;
    private readonly int _width;
    private readonly bool _overwrites;
    private readonly Lock _gate = new();
    private int _lastLength;
    private int _lastTenth = -1;
    private bool _hasEnded;

    /// <summary>A bar on standard error, so that results on standard output stay clean.</summary>
    public ConsoleProgressBar()
        : this(Console.Error, !Console.IsErrorRedirected)
    {
    }

    /// <summary>A bar on <paramref name="output"/>.</summary>
    /// <param name="output">Where to draw.</param>
    /// <param name="overwrites">Whether a line can be overwritten after a carriage return.</param>
    /// <param name="width">Cells between the brackets.</param>
    public ConsoleProgressBar(TextWriter output, bool overwrites, int width = 40)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        _output = output;
        _overwrites = overwrites;
        _width = width;
    }

    /// <inheritdoc/>
    public void Report(ProgressReport value)
    {
        lock (_gate)
        {
            if (_hasEnded)
                return;
            _hasEnded = value.Pending == 0;
            if (_overwrites)
                Overwrite(Line(value));
            else
                WriteTenth(value);
            _output.Flush();
        }
    }

    private void Overwrite(string line)
    {
        _output.Write('\r');
        _output.Write(line.PadRight(_lastLength));
        _lastLength = line.Length;
        if (_hasEnded)
            _output.WriteLine();
    }

    private void WriteTenth(ProgressReport report)
    {
        const int Tenths = 10;
        int tenth = (int)(report.Share * Tenths);
        if (tenth == _lastTenth)
            return;
        _lastTenth = tenth;
        _output.WriteLine(Line(report));
    }

    private string Line(ProgressReport report)
    {
        int filled = (int)(report.Share * _width);
        string failed = report.Failed > 0 ? $", {report.Failed} failed" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"[{new string('#', filled)}{new string('-', _width - filled)}] {report.Share * 100,5:F1} % "
            + $"{report.Finished + report.Failed}/{report.Total}{failed}, {report.Elapsed.TotalSeconds:F1} s");
    }
}
