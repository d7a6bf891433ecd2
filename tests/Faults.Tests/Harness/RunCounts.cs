using System.Globalization;

namespace TaskGraph.Tests.Faults;

/// <summary>What a <see cref="RunLog"/> tells: every line is "task process", in the order of the runs.</summary>
internal sealed class RunCounts
{
    private readonly Dictionary<string, int[]> _processes;

    public RunCounts(RunLog log) => _processes = log.Lines.Select(static line => line.Split(' '))
        .GroupBy(static words => words[0])
        .ToDictionary(
            static runs => runs.Key,
            static runs => runs.Select(static words => int.Parse(words[1], CultureInfo.InvariantCulture)).ToArray());

    /// <summary>Tasks that have run at all.</summary>
    public int Tasks => _processes.Count;

    /// <summary>Runs beyond the first of a task.</summary>
    public int Repeated => _processes.Values.Sum(static processes => processes.Length - 1);

    /// <summary>The most runs beyond the first that any task has had.</summary>
    public int MostRepeated => _processes.Values.Max(static processes => processes.Length - 1);

    /// <summary>Tasks that ran again although no run before was in one of <paramref name="lost"/>.</summary>
    public string[] RepeatedWithoutLoss(params int[] lost)
        => [.. _processes.Where(runs => runs.Value.SkipLast(1).Any(pid => !lost.Contains(pid))).Select(static runs => runs.Key)];

    /// <summary>
    /// Tasks that ran more than once in processes other than <paramref name="silent"/>. What those begin late, before they
    /// learn that their work has moved, is dropped and does not count.
    /// </summary>
    public string[] RepeatedOutside(params int[] silent)
        => [.. _processes.Where(runs => runs.Value.Count(pid => !silent.Contains(pid)) > 1).Select(static runs => runs.Key)];

    /// <summary>A task's body: notes its run and takes some time.</summary>
    public static int Noted(string path, int task, int milliseconds)
    {
        RunLog.Note(path, string.Create(CultureInfo.InvariantCulture, $"{task} {Environment.ProcessId}"));
        Thread.CurrentThread.Join(milliseconds);
        return task;
    }
}
