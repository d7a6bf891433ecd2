using System.Globalization;

namespace TaskGraph.Worker.Command;

/// <summary>The process in whose place a nanny has started another, and why it died.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="IsForMemory">Whether it was ended for its memory.</param>
/// <param name="Reason">Exit code and the like, in words.</param>
/// <param name="Running">What it ran, see <see cref="Join"/>.</param>
internal sealed record Predecessor(int ProcessId, bool IsForMemory, string Reason, string Running = Predecessor.Unknown)
{
    private const string Memory = "memory";
    private const string Other = "other";
    private const string None = "none";
    private const string Unknown = "unknown";

    /// <summary>Tasks in one word, for <see cref="Running"/>; null = it is not known which ran.</summary>
    public static string Join(IReadOnlyList<TaskId>? tasks) =>
        tasks is null ? Unknown : tasks.Count == 0 ? None : string.Join(',', tasks);

    /// <summary>The tasks that ran; null = it is not known which.</summary>
    public IReadOnlyList<TaskId>? RunningTasks()
    {
        var tasks = new List<TaskId>();
        if (Running == None)
            return tasks;
        foreach (var word in Running.Split(','))
        {
            var parts = word.Split('-');
            if (parts is not [var submission, var index]
                || !ulong.TryParse(submission, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
                || !int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
                return null;
            tasks.Add(new TaskId(number, place));
        }

        return tasks;
    }

    /// <summary>As the nanny hands it to the next child: <c>4711 memory 5f-0,5f-1 killed for memory: …</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{ProcessId} {(IsForMemory ? Memory : Other)} {Running} {Reason}");

    /// <summary>Reads <see cref="ToString"/>; null if it is nothing of the kind.</summary>
    public static Predecessor? Parse(string? text)
    {
        var words = text?.Split(' ', 4);
        return words is [var id, Memory or Other, var running, var reason]
            && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var processId)
            ? new Predecessor(processId, words[1] == Memory, reason, running)
            : null;
    }
}
