using TaskGraph.Worker.Command;

namespace TaskGraph.Worker.Nanny;

/// <summary>An exit code in words.</summary>
internal static class ExitReason
{
    private const int Killed = 137;

    /// <summary>Whether the nanny, or the kernel, has ended a child for its memory.</summary>
    public static bool IsMemory(int code, string? memory, long kernelKills) =>
        memory is not null || (code == Killed && kernelKills > 0);

    /// <summary>
    /// What <paramref name="code"/> means of a child whose nanny ended it for its memory, saying so in
    /// <paramref name="memory"/>, or during whose life the kernel ended <paramref name="kernelKills"/> processes.
    /// </summary>
    public static string Of(int code, string? memory, long kernelKills) =>
        memory is not null ? $"killed for memory: {memory}"
        : IsMemory(code, memory, kernelKills) ? "killed for memory: the kernel had none left"
        : Of(code);

    /// <summary>What <paramref name="code"/> means: a process ended by signal N has 128 + N.</summary>
    public static string Of(int code) => code switch
    {
        Killed => "killed by signal 9 (SIGKILL: out of memory, or somebody's kill -9)",
        134 => "aborted by signal 6 (SIGABRT: unhandled exception, stack overflow or FailFast)",
        139 => "crashed by signal 11 (SIGSEGV)",
        ExitCode.Stuck => "a cancelled function did not return",
        143 => "ended by signal 15 (SIGTERM)",
        > 128 and < 160 => $"ended by signal {code - 128}",
        _ => $"exit code {code}",
    };
}
