using TaskGraph.Messages;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>Who the other workers are and what they hold.</summary>
internal sealed partial class WorkerMachine
{
    /// <summary>Other workers (and this one itself) have joined.</summary>
    public void Handle(WorkersJoined message, long nowUs)
    {
        _nowUs = nowUs;
        for (var i = 0; i < message.Numbers.Count; i++)
        {
            var number = message.Numbers[i];
            if (number == Options.OwnNumber || _peers.ContainsKey(number))
                continue;
            var peer = new Peer(number, message.Addresses[i]);
            _peers.Add(number, peer);
            _peerList.Add(peer);
        }
    }

    /// <summary>Workers are gone: what only they held is missing. A request under way ends by itself.</summary>
    public void Handle(WorkersLeft message, long nowUs)
    {
        _nowUs = nowUs;
        for (var i = 0; i < message.Numbers.Count; i++)
        {
            if (_peers.Remove(message.Numbers[i], out var peer))
            {
                _peerList.Remove(peer);
                StrikeOff(peer);
            }
        }
    }

    /// <summary>Where missing values are now.</summary>
    public void Handle(HoldersRefreshed message, long nowUs)
    {
        _nowUs = nowUs;
        for (var i = 0; i < message.Tasks.Count; i++)
        {
            var row = _tasks.Find(message.Tasks[i]);
            if (row < 0)
                continue;
            var first = i == 0 ? 0 : message.HolderEnds[i - 1];
            var holders = message.Holders.Span[first..message.HolderEnds[i]];
            ref var task = ref _tasks[row];
            if (task.State is Missing or Fetch or Flight || (task.State == Resumed && task.Next == Fetch))
                AddHolders(row, holders);
            if (task.State == Missing && task.HolderCount > 0)
                BecomeFetch(row);
            else if (task.State == Fetch)
                QueueAtHolders(row);
            else if (task.State == Missing && holders.Contains(Options.OwnNumber))
                ReportMissing(task.Id, Options.OwnNumber, isGone: true);
        }
    }

    private void StrikeOff(Peer peer)
    {
        for (var row = 0; row < _tasks.RowLimit; row++)
        {
            ref var task = ref _tasks[row];
            if (task.State == Forgotten || task.HolderCount == 0 || !task.IsHeldBy(peer.Number))
                continue;
            task.RemoveHolder(peer.Number);
            if (task.State == Fetch && task.HolderCount == 0)
            {
                Move(row, Missing);
                ReportMissing(task.Id, peer.Number, isGone: false);
            }
        }
    }

    /// <summary>Adds those holders that are known workers other than this one.</summary>
    private void AddHolders(int row, ReadOnlySpan<int> holders)
    {
        ref var task = ref _tasks[row];
        foreach (var holder in holders)
        {
            if (_peers.ContainsKey(holder))
                task.AddHolder(holder);
        }
    }
}
