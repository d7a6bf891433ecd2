using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Keys: equal calls share one row; the later places are aliases of the first.</content>
internal sealed partial class SchedulerMachine
{
    /// <summary>The task that has the key of row <paramref name="i"/> already, −1 = none.</summary>
    private int FindByKey(Submission submission, SubmitTasks chunk, int i, int index)
    {
        switch (chunk.KeyForm)
        {
            case KeyForm.Hashed:
                return _keys.Find(chunk.KeyHashes[i]);
            case KeyForm.Named:
                return chunk.KeyNames[i].Length == 0 ? -1 : _keys.Find(NameHash(chunk.KeyNames[i]));
            case KeyForm.Range:
                return FindInRanges(submission.RangeKey, index);
            default:
                return -1;
        }
    }

    private int FindInRanges(Hash128 key, int index)
    {
        for (int number = _submissions.NewestOfRange(key); number >= 0; number = _submissions[number].OlderOfRange)
        {
            Submission earlier = _submissions[number];
            if (index < earlier.TaskCount && earlier.Rows[index] >= 0)
                return earlier.Rows[index];
        }

        return -1;
    }

    private void AddKey(Submission submission, int task, ref TaskRow row, SubmitTasks chunk, int i)
    {
        if (chunk.KeyForm == KeyForm.Hashed)
        {
            submission.KeyHashes[row.Index] = chunk.KeyHashes[i];
            _keys.Add(chunk.KeyHashes[i], task);
            row.Flags |= TaskFlags.Keyed;
        }
        else if (chunk.KeyForm == KeyForm.Named && chunk.KeyNames[i].Length > 0)
        {
            _keys.Add(NameHash(chunk.KeyNames[i]), task);
            row.Flags |= TaskFlags.Keyed;
        }
    }

    private void RemoveKey(int task, in TaskRow row)
    {
        ReadOnlySpan<byte> name = NameOf(task, row);
        _keys.Remove(name.Length > 0 ? NameHash(name) : _submissions[row.Submission].KeyHashes[row.Index]);
    }

    private static Hash128 NameHash(ReadOnlySpan<byte> name) => Hash128.Of(name);

    private void AddAlias(Submission submission, int index, int task, bool isWanted)
    {
        submission.Rows[index] = task;
        submission.LiveCount++;
        _aliases.Add(task, submission.Number, index, isWanted);
        _tasks[task].Flags |= TaskFlags.HasAliases;
    }

    private void RemoveAlias(Submission submission, int index, int task)
    {
        submission.Rows[index] = -1;
        if (!_aliases.Remove(task, submission.Number, index))
            _tasks[task].Flags &= ~TaskFlags.HasAliases;
        submission.LiveCount--;
    }

    private bool IsAliasWanted(int task, int submission, int index)
    {
        for (int link = _aliases.First(task); link >= 0; link = _aliases[link].Next)
        {
            ref Alias alias = ref _aliases[link];
            if (alias.Submission == submission && alias.Index == index)
                return alias.IsWanted;
        }

        return false;
    }

    /// <summary>Ends the want of one entry of a submission; returns whether there was one.</summary>
    private bool DropWant(Submission submission, int index)
    {
        int task = submission.Rows[index];
        if (task < 0)
            return false;
        ref TaskRow row = ref _tasks[task];
        bool wasWanted;
        if (row.Submission == submission.Number && row.Index == index)
        {
            wasWanted = row.Has(TaskFlags.Wanted);
            row.Flags &= ~TaskFlags.Wanted;
        }
        else
        {
            wasWanted = IsAliasWanted(task, submission.Number, index);
            if (!wasWanted)
                return false;
            RemoveAlias(submission, index, task);
            EndIfEmpty(submission);
        }

        _unneeded.Push(task);
        return wasWanted;
    }

    /// <summary>Takes a task that is being forgotten out of every submission that names it.</summary>
    private void ForgetEntries(int task, ref TaskRow row)
    {
        if (row.Has(TaskFlags.Keyed))
            RemoveKey(task, row);
        while (row.Has(TaskFlags.HasAliases))
        {
            Alias alias = _aliases[_aliases.First(task)];
            Submission aliasing = _submissions[alias.Submission];
            RemoveAlias(aliasing, alias.Index, task);
            EndIfEmpty(aliasing);
        }

        Submission own = _submissions[row.Submission];
        own.Rows[row.Index] = -1;
        own.LiveCount--;
        EndIfEmpty(own);
    }

    private void EndIfEmpty(Submission submission)
    {
        if (submission.LiveCount == 0 && submission.IsAccepted)
            _submissions.End(submission, remember: true);
    }
}
