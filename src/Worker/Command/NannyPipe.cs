namespace TaskGraph.Worker.Command;

/// <summary>
/// A child's standard input, a pipe from its nanny: a line on it asks to leave, its end to stop. It ends when the nanny
/// does, however that came.
/// </summary>
internal static class NannyPipe
{
    /// <summary>What the nanny writes to a child that is to leave.</summary>
    public const string LeaveLine = "leave";

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    /// <summary>Listens until the pipe ends; two seconds later the process has ended, whatever user code does.</summary>
    public static async Task WatchAsync(StopSignals signals)
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        try
        {
            while (await input.ReadAsync(buffer).ConfigureAwait(false) > 0)
                signals.AskToLeave();
        }
        catch (IOException)
        {
            // As good as its end.
        }

        signals.AskToStop();
        await Task.Delay(s_grace).ConfigureAwait(false);
        Environment.Exit(ExitCode.Ok);
    }
}
