namespace TaskGraph.Worker.Nanny;

/// <summary>An exit code in words.</summary>
internal static class ExitReason
{
    /// <summary>What <paramref name="code"/> means: a process ended by signal N has 128 + N.</summary>
    public static string Of(int code) => code switch
    {
        137 => "killed by signal 9 (SIGKILL: out of memory, or somebody's kill -9)",
        134 => "aborted by signal 6 (SIGABRT: unhandled exception, stack overflow or FailFast)",
        139 => "crashed by signal 11 (SIGSEGV)",
        143 => "ended by signal 15 (SIGTERM)",
        > 128 and < 160 => $"ended by signal {code - 128}",
        _ => $"exit code {code}",
    };
}
