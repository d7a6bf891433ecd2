namespace TaskGraph.Diagnostics;

/// <summary>
/// Lets a process end with the one that started it, however that ended: its standard input is a pipe from there, and
/// closes with it.
/// </summary>
public static class ParentPipe
{
    /// <summary>Set to 1, this environment variable asks our executables to end with their standard input.</summary>
    public const string Variable = "TASKGRAPH_ENDS_WITH_INPUT";

    /// <summary>
    /// If the variable asks for it, calls <paramref name="onClosed"/> once when standard input has ended.
    /// </summary>
    public static void WatchIfAsked(Action onClosed)
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
            return;
        // A thread of its own: reading standard input blocks for as long as the parent lives.
        new Thread(() => Watch(onClosed)) { IsBackground = true, Name = "parent pipe" }.Start();
    }

    private static void Watch(Action onClosed)
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        try
        {
            while (input.Read(buffer) > 0)
            {
                // Nothing is said on the pipe: only its end matters.
            }
        }
        catch (IOException)
        {
            // As good as its end.
        }
        onClosed();
    }
}
