namespace TaskGraph.Worker.Command;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>Ended in order: a signal, or the scheduler said goodbye.</summary>
    public const int Ok = 0;

    /// <summary>The death timeout passed, or the worker failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int BadInput = 2;

    /// <summary>What a child tells its nanny: start me again at once.</summary>
    public const int Restart = 75;

    /// <summary>What a child tells its nanny: start me again at once, a cancelled function does not return here.</summary>
    public const int Stuck = 76;

    /// <summary>
    /// What a child tells its nanny for <see cref="Failed"/> by death timeout: do not start me again.
    /// </summary>
    public const int NoScheduler = 69;
}
