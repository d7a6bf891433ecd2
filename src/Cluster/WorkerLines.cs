using System.Globalization;

namespace TaskGraph;

/// <summary>
/// Who the workers are, as their nanny's standard output tells: one line for each start and each death.
/// </summary>
internal sealed class WorkerLines
{
    private const string Started = "Worker at: ";
    private const string Died = "Worker died: ";

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, LocalWorker> _workers = new(NaturalOrder.Instance);
    private readonly TaskCompletionSource _allStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _count;

    public WorkerLines(int count) => _count = count;

    /// <summary>Completes when every worker has started once.</summary>
    public Task AllStarted => _allStarted.Task;

    public IReadOnlyList<LocalWorker> Workers
    {
        get
        {
            lock (_gate)
                return [.. _workers.Values];
        }
    }

    /// <summary>Takes a line; false if it is none of the nanny's.</summary>
    public bool Take(string line)
    {
        if (line.StartsWith(Died, StringComparison.Ordinal))
            return true;
        if (!line.StartsWith(Started, StringComparison.Ordinal))
            return false;
        var words = line[Started.Length..].Split(' ');
        var name = ValueOf(words, "name=");
        if (!int.TryParse(ValueOf(words, "pid="), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            return false;
        lock (_gate)
        {
            _workers[name] = new LocalWorker(name, words[0], pid);
            if (_workers.Count == _count)
                _allStarted.TrySetResult();
        }
        return true;
    }

    private static string ValueOf(string[] words, string prefix)
    {
        var word = Array.Find(words, word => word.StartsWith(prefix, StringComparison.Ordinal));
        return word is null ? "" : word[prefix.Length..];
    }

    /// <summary>worker-2 before worker-10.</summary>
    private sealed class NaturalOrder : IComparer<string>
    {
        public static NaturalOrder Instance { get; } = new();

        public int Compare(string? x, string? y)
        {
            var byLength = (x?.Length ?? 0).CompareTo(y?.Length ?? 0);
            return byLength != 0 ? byLength : string.CompareOrdinal(x, y);
        }
    }
}
