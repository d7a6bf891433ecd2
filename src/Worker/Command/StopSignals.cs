namespace TaskGraph.Worker.Command;

/// <summary>
/// The two ways in which a worker process is asked to end: <see cref="Leave"/> lets it finish what runs and hand its
/// data over, <see cref="Stop"/> does not.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _leave = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Cancelled when the process is to end in its own time.</summary>
    public CancellationToken Leave => _leave.Token;

    /// <summary>Cancelled when the process is to end at once.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>A signal came (SIGTERM, Ctrl+C): the first asks to leave, the second to stop.</summary>
    public void OnSignal() => Cancel(_leave.IsCancellationRequested ? _stop : _leave);

    /// <summary>Asks to leave.</summary>
    public void AskToLeave() => Cancel(_leave);

    /// <summary>Asks to stop.</summary>
    public void AskToStop()
    {
        Cancel(_stop);
        Cancel(_leave);
    }

    public void Dispose()
    {
        _leave.Dispose();
        _stop.Dispose();
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The process is ending already.
        }
    }
}
