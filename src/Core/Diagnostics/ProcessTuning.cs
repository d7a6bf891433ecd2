namespace TaskGraph.Diagnostics;

/// <summary>Settings of the runtime that suit our processes and can only be given to one that starts.</summary>
public static class ProcessTuning
{
    /// <summary>Adds the settings to the environment of a process to come; what is set there already stays.</summary>
    /// <param name="environment">Names and values.</param>
    public static void Apply(IDictionary<string, string?> environment)
    {
        // Code that runs often is compiled anew after the first millisecond without new code, not after 100: a fresh
        // cluster is fast after a few hundred tasks instead of a few ten thousand. Without any delay (0) the code of
        // the start itself is compiled twice: 60 ms of a worker's start.
        environment.TryAdd("DOTNET_TC_CallCountingDelayMs", "1");

        // Threads of the pool sleep when there is nothing to do. Those that yield for a while first take the processor
        // from tasks: there are more threads than processors where tasks run.
        environment.TryAdd("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0");
    }
}
