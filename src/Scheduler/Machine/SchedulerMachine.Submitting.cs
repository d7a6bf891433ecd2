using System.Runtime.InteropServices;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Submissions: chunks are staged; the last one makes the scheduler accept or refuse the whole.</content>
internal sealed partial class SchedulerMachine
{
    /// <summary>
    /// Running number below which all orders of earlier submissions lie: the middle of the priorities.
    /// </summary>
    private long _nextOrder;

    private int[] _functionScratch = new int[16];

    private void OnSubmitTasks(SchedulerClient client, SubmitTasks chunk)
    {
        RequireSubmitRows(chunk);
        Submission? submission = _submissions.Find(chunk.Submission);
        if (_submissions.HasEnded(chunk.Submission) || submission is { IsAccepted: true })
        {
            if (chunk.IsLast)
                ReplyAgain(client, chunk.Submission);
            return;
        }

        if (submission is null)
        {
            if (chunk.FirstIndex != 0)
            {
                if (chunk.IsLast)
                    Reply(client, chunk.Submission, "its first chunks did not arrive; submit it again");
                return;
            }

            submission = _submissions.Open(chunk.Submission, client);
            submission.Kept = _kept.GetValueOrDefault(chunk.Submission);
            if (_spansAhead.Count > 0 && _spansAhead.Remove(chunk.Submission, out SpansNoted? noted))
                OpenSpans(submission, noted);
        }
        else if (submission.Client != client)
        {
            Reply(client, chunk.Submission, "another client is submitting under the same number");
            return;
        }

        // As it comes, since it names inputs that may be released before the last chunk is here.
        if (!chunk.IsLast)
            Record(client, chunk);
        string error = Stage(submission, chunk);
        if (error.Length == 0)
        {
            if (!chunk.IsLast)
                return;
            error = Accept(submission, chunk);
        }

        if (error.Length > 0)
        {
            Abandon(submission);
            Reply(client, chunk.Submission, error);
            return;
        }

        RecordAndReply(client, chunk.Submission, chunk);
        Activate(submission);
    }

    /// <summary>Whether the machine still needs a message that it was handed: chunks may wait for later ones, or for the
    /// journal.</summary>
    public bool Keeps(Message message) =>
        message is SubmitTasks chunk
        && (Journal is not null || _submissions.Find(chunk.Submission) is { Chunks.Count: > 0 });

    private string Stage(Submission submission, SubmitTasks chunk)
    {
        // From the start again: the client has reconnected.
        if (chunk.FirstIndex == 0 && chunk.InputsBefore == 0)
            Unstage(submission);
        if (chunk.FirstIndex != submission.StagedCount || chunk.InputsBefore != submission.InputsAheadCount)
        {
            return $"a chunk starts at task {chunk.FirstIndex}, input {chunk.InputsBefore}; the next one expected is "
                + $"{submission.StagedCount}, input {submission.InputsAheadCount}";
        }

        if ((long)submission.StagedCount + chunk.Count > _options.MaxTasksPerSubmission)
            return $"more than {_options.MaxTasksPerSubmission} tasks in one submission; submit them in parts";
        submission.StagedBytes += chunk.Arguments.Bytes.Length
            + ((chunk.Dependencies.Count + chunk.InputsAhead.Count) * sizeof(int));
        if (submission.StagedBytes > _options.MaxStagedBytes)
            return $"more than {_options.MaxStagedBytes} bytes of arguments in one submission; scatter large data";
        if (submission.StagedCount + submission.InputsAheadCount > 0 && submission.KeyForm != chunk.KeyForm)
            return "its chunks have keys of different forms";
        submission.KeyForm = chunk.KeyForm;
        submission.StagedCount += chunk.Count;
        submission.InputsAheadCount = chunk.InputsAhead.Count + (chunk.Count == 0 ? submission.InputsAheadCount : 0);
        if (chunk.KeyForm == KeyForm.Unique)
            return TakeIn(submission, chunk);
        submission.Chunks.Add(chunk);
        return "";
    }

    /// <summary>
    /// Makes the rows of a chunk as it comes, so that no turn has a whole large submission to deal with. Nobody can
    /// name these tasks before the submission is accepted, as they share their keys with no others.
    /// </summary>
    private string TakeIn(Submission submission, SubmitTasks chunk)
    {
        if (FindFunctions(chunk) is { } unknown)
            return UnknownFunction(unknown);
        if (submission.TaskCount == 0)
            submission.FirstOrder = submission.LastOrder = _nextOrder;
        submission.AllocateRows(submission.StagedCount, withHashes: false);
        CreateRows(submission, chunk);
        if (submission.Chunks.Count == 0 && !NamesLater(submission, chunk))
            return LinkRows(submission, chunk);
        submission.Chunks.Add(chunk);
        return "";
    }

    /// <summary>Whether the chunk names tasks of its submission that have not come yet.</summary>
    private static bool NamesLater(Submission submission, SubmitTasks chunk)
    {
        foreach (TaskId input in chunk.Dependencies.Span)
        {
            if (input.Index >= submission.TaskCount && input.Submission == submission.Id)
                return true;
        }

        foreach (TaskId input in chunk.InputsAhead.Span)
        {
            if (input.Index >= submission.TaskCount && input.Submission == submission.Id)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Makes the rows and edges of a staged submission, as far as there are none yet; returns why it is refused, or
    /// nothing.
    /// </summary>
    private string Accept(Submission submission, SubmitTasks last)
    {
        if (submission.InputsAheadCount > 0)
            return $"it ends before task {submission.StagedCount}, some inputs of which it has named";
        if (submission.KeyForm != KeyForm.Unique)
        {
            submission.RangeKey = last.RangeKey;
            submission.AllocateRows(submission.StagedCount, submission.KeyForm == KeyForm.Hashed);
            submission.FirstOrder = submission.LastOrder = _nextOrder;
            foreach (SubmitTasks chunk in submission.Chunks)
            {
                if (FindFunctions(chunk) is { } unknown)
                    return UnknownFunction(unknown);
                CreateRows(submission, chunk);
            }
        }

        foreach (SubmitTasks chunk in submission.Chunks)
        {
            FindFunctions(chunk);
            string error = LinkRows(submission, chunk);
            if (error.Length > 0)
                return error;
        }

        if (submission.HasForward && submission.Kept is null && FindCycle(submission) is { } cycle)
            return Cycle + cycle;
        _nextOrder = Math.Max(_nextOrder, submission.LastOrder + 1);
        return "";
    }

    private static string UnknownFunction(Hash128 function) =>
        $"it names function {function}, which this connection has not defined";

    /// <summary>Looks up the numbers of the chunk's functions; returns one that is unknown, or null.</summary>
    private Hash128? FindFunctions(SubmitTasks chunk)
    {
        if (_functionScratch.Length < chunk.Functions.Count)
            _functionScratch = new int[chunk.Functions.Count * 2];
        for (int i = 0; i < chunk.Functions.Count; i++)
        {
            if (_functions.Find(chunk.Functions[i]) is not { } known)
                return chunk.Functions[i];
            _functionScratch[i] = known.Number;
        }

        return null;
    }

    private void CreateRows(Submission submission, SubmitTasks chunk)
    {
        int[] rows = submission.Rows;
        ReadOnlySpan<int> functionIndex = chunk.FunctionIndex.Span;
        ReadOnlySpan<int> order = chunk.Order.Span;
        ReadOnlySpan<int> userPriority = chunk.UserPriority.Span;
        int blob = CopyBytes(chunk, out byte[] bytes);
        int offset = 0;
        for (int i = 0; i < chunk.Count; i++)
        {
            int index = chunk.FirstIndex + i;
            int place = order.Length > 0 ? order[i] : index;
            submission.LastOrder = Math.Max(submission.LastOrder, submission.FirstOrder + place);
            if (submission.Kept is { } kept && !kept.IsLive(index))
                continue;
            int existing = FindByKey(submission, chunk, i, index);
            if (existing >= 0)
            {
                AddAlias(submission, index, existing, IsWantedRow(submission, chunk, i));
                continue;
            }

            int task = _tasks.Allocate();
            ref TaskRow row = ref _tasks[task];
            rows[index] = task;
            submission.LiveCount++;
            _stateCounts[(int)TaskState.Released]++;
            row.SubmissionId = submission.Id;
            row.Submission = submission.Number;
            row.Index = index;
            row.Function = _functionScratch[functionIndex[i]];
            row.Priority = ComposePriority(userPriority.Length > 0 ? userPriority[i] : 0, submission.FirstOrder + place);
            row.Blob = blob;
            row.ArgumentsOffset = offset;
            _blobs.AddUse(blob);
            offset = BlobTable.WritePrefixed(bytes, offset, chunk.Arguments[i]);
            if (IsWantedRow(submission, chunk, i))
                row.Flags |= TaskFlags.Wanted;
            AddExtras(task, ref row, chunk, i, bytes, ref offset);
            if (((SubmitFlags)chunk.Flags[i] & SubmitFlags.Speculate) != 0)
                MakeSpeculative(ref row);
            AddKey(submission, task, ref row, chunk, i);
        }

        _blobs.RemoveUse(blob);
    }

    private int CopyBytes(SubmitTasks chunk, out byte[] bytes)
    {
        int length = chunk.Arguments.Bytes.Length + (chunk.Count * sizeof(int));
        if (chunk.KeyForm == KeyForm.Named)
            length += chunk.KeyNames.Bytes.Length + (chunk.Count * sizeof(int));
        return _blobs.Add(length, out bytes);
    }

    private void AddExtras(int task, ref TaskRow row, SubmitTasks chunk, int i, byte[] bytes, ref int offset)
    {
        int retries = chunk.Retries.Count > 0 ? chunk.Retries[i] : 0;
        int timeoutMs = chunk.TimeoutMs.Count > 0 ? chunk.TimeoutMs[i] : 0;
        int set = chunk.RestrictionIndex.Count > 0 ? chunk.RestrictionIndex[i] : -1;
        bool isNamed = chunk.KeyForm == KeyForm.Named && chunk.KeyNames[i].Length > 0;
        int resources = chunk.ResourceIndex.Count > 0 ? chunk.ResourceIndex[i] : -1;
        bool isActor = ((SubmitFlags)chunk.Flags[i] & SubmitFlags.Actor) != 0;
        if (retries <= 0 && timeoutMs <= 0 && set < 0 && resources < 0 && !isNamed && !isActor)
            return;
        row.Flags |= isActor ? TaskFlags.HasExtras | TaskFlags.Actor : TaskFlags.HasExtras;
        ref TaskExtras extras = ref CollectionsMarshal.GetValueRefOrAddDefault(_extras, task, out _);
        extras.Retries = retries;
        extras.TimeoutMs = timeoutMs;
        extras.Restriction = set < 0 ? -1 : _restrictions.Add(chunk.Restrictions[set]);
        extras.Resources = resources < 0 ? -1 : _resources.Add(chunk.ResourceSets[resources]);
        extras.AllowOtherWorkers = ((SubmitFlags)chunk.Flags[i] & SubmitFlags.AllowOtherWorkers) != 0;
        extras.NameOffset = isNamed ? offset : -1;
        if (isNamed)
            offset = BlobTable.WritePrefixed(bytes, offset, chunk.KeyNames[i]);
    }

    /// <summary>
    /// Wants begin: what is wanted runs, what exists already is told, what nobody needs is forgotten.
    /// </summary>
    private void Activate(Submission submission)
    {
        submission.IsAccepted = true;
        submission.Chunks.Clear();
        if (submission.KeyForm == KeyForm.Range)
            _submissions.AddRange(submission);
        const int Ahead = 6;
        for (int index = 0; index < submission.TaskCount; index++)
        {
#if PLANTED
            if (Diagnostics.PlantedBug.Is(32) && index + Ahead < submission.TaskCount)
                AnnounceClaims(_tasks[submission.Rows[index + Ahead]]);
#endif
            if (index + Ahead < submission.TaskCount && submission.Rows[index + Ahead] is >= 0 and int ahead)
                AnnounceClaims(_tasks[ahead]);
            int task = submission.Rows[index];
            if (task < 0)
                continue;
            ref TaskRow row = ref _tasks[task];
            bool isAlias = row.Submission != submission.Number || row.Index != index;
            if (isAlias ? !IsAliasWanted(task, submission.Number, index) : !row.Has(TaskFlags.Wanted))
                continue;
            if (row.State == TaskState.Erred)
                Revive(task);
            if (row.State == TaskState.Released)
                Need(task);
            else if (isAlias)
                TellState(submission.Number, index, task);
        }

        for (int index = submission.TaskCount - 1; index >= 0; index--)
        {
            int task = submission.Rows[index];
            if (task >= 0 && _tasks.WaiterCount(task) == 0 && !_tasks[task].Has(TaskFlags.Wanted))
                _unneeded.Push(task);
        }

        if (submission.LiveCount == 0)
            _submissions.End(submission, remember: true);
    }

    private void Reply(SchedulerClient client, ulong submission, string error)
    {
        if (!client.IsConnected)
            return;
        Dirty(client);
        client.Outbox.AddFirst(new SubmissionReply
        {
            Submission = submission,
            Accepted = error.Length == 0,
            Error = error,
            Refusal = RefusalKindOf(error),
        });
    }

    private static bool IsWantedRow(Submission submission, SubmitTasks chunk, int i) =>
        submission.Kept is { } kept
            ? kept.IsWanted(chunk.FirstIndex + i)
            : ((SubmitFlags)chunk.Flags[i] & SubmitFlags.Wanted) != 0;

    /// <summary>Larger user priorities first, then earlier submissions, then the order within the graph.</summary>
    private static long ComposePriority(int userPriority, long order)
    {
        const int OrderBits = 48;
        long user = -(long)Math.Clamp(userPriority, -short.MaxValue, short.MaxValue);
        return (user << OrderBits) + Math.Min(order, (1L << OrderBits) - 1);
    }
}
