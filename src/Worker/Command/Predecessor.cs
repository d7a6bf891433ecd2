using System.Globalization;

namespace TaskGraph.Worker.Command;

/// <summary>The process in whose place a nanny has started another, and why it died.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="IsForMemory">Whether it was ended for its memory.</param>
/// <param name="Reason">Exit code and the like, in words.</param>
internal sealed record Predecessor(int ProcessId, bool IsForMemory, string Reason)
{
    private const string Memory = "memory";
    private const string Other = "other";

    /// <summary>As the nanny hands it to the next child: <c>4711 memory killed for memory: …</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{ProcessId} {(IsForMemory ? Memory : Other)} {Reason}");

    /// <summary>Reads <see cref="ToString"/>; null if it is nothing of the kind.</summary>
    public static Predecessor? Parse(string? text)
    {
        var words = text?.Split(' ', 3);
        return words is [var id, Memory or Other, var reason]
            && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var processId)
            ? new Predecessor(processId, words[1] == Memory, reason)
            : null;
    }
}
