using System.Diagnostics;

namespace TaskGraph;

/// <summary>
/// A process of the cluster: its lines are read, its last words kept, and it ends when its input is closed.
/// </summary>
internal sealed class ProgramProcess : IAsyncDisposable
{
    private const int MaxLastLines = 40;
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();
    private readonly string _name;
    private readonly Action<string>? _output;
    private volatile bool _isEnding;

    private ProgramProcess(Process process, string name, Action<string>? output)
    {
        _process = process;
        _name = name;
        _output = output;
    }

    public int Id => _process.Id;

    /// <summary>Completes when the process has ended.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>
    /// Starts a process; <paramref name="takesLine"/> gets its lines of standard output and says which it understood.
    /// </summary>
    public static ProgramProcess Start(
        ProcessStartInfo start, string name, Func<string, bool> takesLine, Action<string>? output)
    {
        var process = new Process { StartInfo = start };
        var program = new ProgramProcess(process, name, output);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null && !takesLine(line.Data))
                program.PassOn(line.Data, Console.Out);
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                program.TakeError(line.Data);
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        program.Ended = process.WaitForExitAsync();
        return program;
    }

    /// <summary>Says that the process has ended, how, and what it said last.</summary>
    public LocalClusterException Failure()
    {
        string lines;
        lock (_lastLines)
            lines = string.Join('\n', _lastLines);
        var code = _process.HasExited ? $"ended with exit code {_process.ExitCode}" : "does not answer";
        var last = lines.Length > 0 ? " Its last lines:\n" + lines : "";
        return new LocalClusterException($"{_name} (process {Id}) {code}.{last}");
    }

    /// <summary>
    /// Passes nothing on any more: what scheduler and workers say about each other's leaving interests nobody.
    /// </summary>
    public void Quieten() => _isEnding = true;

    public async ValueTask DisposeAsync()
    {
        Quieten();
        try
        {
            _process.StandardInput.Close();
            await Ended.WaitAsync(s_grace).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
            await Ended.ConfigureAwait(false);
        }
        _process.Dispose();
    }

    private void TakeError(string line)
    {
        lock (_lastLines)
        {
            if (_lastLines.Count == MaxLastLines)
                _lastLines.Dequeue();
            _lastLines.Enqueue(line);
        }
        PassOn(line, Console.Error);
    }

    private void PassOn(string line, TextWriter own)
    {
        if (_isEnding)
            return;
        if (_output is { } output)
            output(line);
        else
            own.WriteLine(line);
    }
}
