using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Datasets outlive the scheduler's process, where it keeps a journal.</content>
internal sealed partial class CoordinationTable
{
    /// <summary>All datasets.</summary>
    public IEnumerable<KeyValuePair<string, SharedValue>> Datasets =>
        _objects.TryGetValue((SharedKind.Dataset, ""), out SharedObject? shelf) ? ((DatasetShelf)shelf).All : [];

    /// <summary>A dataset was published, or removed.</summary>
    public void NoteDataset(string name, SharedValue? value) => host.NoteDataset(name, value);

    /// <summary>Takes in what a journal says.</summary>
    public void Restore(DatasetNoted noted)
    {
        SharedValue? value = null;
        if (!noted.IsRemoved)
        {
            ulong keeping = 0;
            if (noted.Tasks.Count > 0)
            {
                keeping = host.KeepAgain(noted.Tasks.Span);
                KeepingCount++;
            }

            _bytes += noted.Value.Length;
            value = new SharedValue(noted.Value, keeping, noted.Tasks.Count);
        }

        SharedObject shelf = Find(new CoordinationCall { Target = SharedKind.Dataset });
        ((DatasetShelf)shelf).Restore(noted.Name, value);
        RemoveIfIdle(shelf);
    }
}
