using System.Globalization;

namespace TaskGraph.Tests.Faults;

/// <summary>A nanny and its worker process.</summary>
internal sealed class FaultWorker(FaultProcess nanny) : IAsyncDisposable
{
    private const string StartedLine = "Worker at: ";

    public int NannyProcessId => nanny.Id;

    /// <summary>Completes when the worker has joined.</summary>
    public Task Started => nanny.LineAsync(StartedLine);

    /// <summary>Completes when the nanny has ended.</summary>
    public Task Ended => nanny.Ended;

    /// <summary>The worker process of now; another one after a restart.</summary>
    public int ProcessId => int.Parse(Word("pid="), CultureInfo.InvariantCulture);

    /// <summary>Where it is reached; another address after a restart.</summary>
    public string Address => Latest().Split(' ')[0];

    /// <summary>How often it has started.</summary>
    public int Starts => nanny.Lines.Count(static line => line.StartsWith(StartedLine, StringComparison.Ordinal));

    /// <summary>SIGKILL for the worker process; its nanny lives.</summary>
    public void Kill() => Signals.Kill(ProcessId);

    /// <summary>Waits until it has started <paramref name="times"/> times in all.</summary>
    public Task StartedAsync(int times)
        => Eventually.TrueAsync(() => Starts >= times, $"worker started {times} times");

    public ValueTask DisposeAsync() => nanny.DisposeAsync();

    private string Latest()
        => nanny.Lines.Last(static line => line.StartsWith(StartedLine, StringComparison.Ordinal))[StartedLine.Length..];

    private string Word(string prefix)
        => Latest().Split(' ').First(word => word.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..];
}
