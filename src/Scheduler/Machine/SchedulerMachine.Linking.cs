using System.Text;
using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Dependencies of new tasks: resolved, compared with those of equal keys, searched for cycles; and undone.
/// </content>
internal sealed partial class SchedulerMachine
{
    private const int MaxCycleShown = 10;

    private readonly MessageColumn<int> _inputRows = new();

    private string LinkRows(Submission submission, SubmitTasks chunk)
    {
        if (submission.Kept is null && submission.RowsAhead is null && chunk.InputsAhead.Count == 0 && _keptInputs.Count == 0)
            return LinkAll(submission, chunk);
        ReadOnlySpan<int> ends = chunk.DependencyEnds.Span;
        ReadOnlySpan<TaskId> dependencies = chunk.Dependencies.Span;
        for (int i = 0, start = 0; i < chunk.Count; start = ends[i], i++)
        {
            int index = chunk.FirstIndex + i;
            if (submission.Kept is not null && submission.Rows[index] < 0)
            {
                submission.RowsAhead = null;
                continue;
            }

            // Shortened: where it is the same as another task, that was found out when it was accepted.
            if (submission.Kept is not null && !IsOwn(submission, index, submission.Rows[index]))
            {
                submission.RowsAhead = null;
                continue;
            }

            _inputRows.Clear();
            if (_keptInputs.Count > 0 && _keptInputs.TryGetValue((submission.Id, index), out TaskId[]? kept))
            {
                submission.RowsAhead = null;
                if (Resolve(submission, kept, index, _inputRows) is { } lost)
                    return lost;
                LinkRow(submission.Rows[index], _inputRows.Span);
                continue;
            }

            if (submission.RowsAhead is { } ahead)
                _inputRows.AddRange(ahead.Span);
            submission.RowsAhead = null;
            if (Resolve(submission, dependencies[start..ends[i]], index, _inputRows) is { } unknown)
                return unknown;
            int task = submission.Rows[index];
            if (_tasks[task].Submission == submission.Number && _tasks[task].Index == index)
                LinkRow(task, _inputRows.Span);
            else if (DescribeConflict(task, chunk, i, _inputRows.Span) is { } conflict)
                return conflict;
        }

        if (chunk.InputsAhead.Count == 0)
            return "";
        submission.RowsAhead ??= new MessageColumn<int>();
        int next = chunk.FirstIndex + chunk.Count;
        if (submission.Kept is { } live && (!live.IsLive(next) || _keptInputs.ContainsKey((submission.Id, next))))
            return "";
        return Resolve(submission, chunk.InputsAhead.Span, next, submission.RowsAhead) ?? "";
    }

    /// <summary>The usual chunk: all its inputs are looked up, then linked, so that what that touches can be asked for.</summary>
    private string LinkAll(Submission submission, SubmitTasks chunk)
    {
        ReadOnlySpan<int> ends = chunk.DependencyEnds.Span;
        ReadOnlySpan<TaskId> dependencies = chunk.Dependencies.Span;
        _inputRows.Clear();
        for (int i = 0, start = 0; i < chunk.Count; start = ends[i], i++)
        {
            if (Resolve(submission, dependencies[start..ends[i]], chunk.FirstIndex + i, _inputRows) is { } unknown)
                return unknown;
        }

        ReadOnlySpan<int> inputs = _inputRows.Span;
        for (int i = 0, start = 0; i < chunk.Count; start = ends[i], i++)
        {
            AnnounceLinks(inputs, start, ends[i]);
            int index = chunk.FirstIndex + i;
            int task = submission.Rows[index];
            if (_tasks[task].Submission == submission.Number && _tasks[task].Index == index)
                LinkRow(task, inputs[start..ends[i]]);
            else if (DescribeConflict(task, chunk, i, inputs[start..ends[i]]) is { } conflict)
                return conflict;
        }

        return "";
    }

    /// <summary>Appends the rows of inputs of a task; says which one is unknown.</summary>
    private string? Resolve(
        Submission submission, ReadOnlySpan<TaskId> inputs, int index, MessageColumn<int> rows)
    {
        ulong submissionId = submission.Id;
        ReadOnlySpan<int> own = submission.Rows.AsSpan(0, submission.TaskCount);
        foreach (TaskId id in inputs)
        {
            int input;
            if (id.Submission == submissionId)
            {
                input = (uint)id.Index < (uint)own.Length ? own[id.Index] : -1;
                if (id.Index >= index)
                    submission.HasForward = true;
            }
            else
            {
                input = _submissions.FindTask(id);
            }

            if (input < 0)
                return UnknownInput(index, id);
            rows.Add(input);
        }

        return null;
    }

    private static string UnknownInput(int index, TaskId id) =>
        $"task {index} takes the value of {id}, which was never submitted or has been "
        + "released; keep its future until the tasks that take it are submitted";

    private void LinkRow(int task, ReadOnlySpan<int> inputs)
    {
        ref TaskRow row = ref _tasks[task];
        row.FirstDependency = _edges.Allocate(inputs.Length);
        row.DependencyCount = inputs.Length;
        for (int k = 0; k < inputs.Length; k++)
        {
            int input = inputs[k];
            _edges.Link(row.FirstDependency + k, input, task, ref _tasks.Dependents(input));
        }
    }

    /// <summary>Equal key, other definition: says what differs. Null when the definitions are the same.</summary>
    private string? DescribeConflict(int task, SubmitTasks chunk, int i, ReadOnlySpan<int> inputs)
    {
        ref TaskRow row = ref _tasks[task];
        string? difference = null;
        if (row.Function != _functionScratch[chunk.FunctionIndex[i]])
            difference = "another function";
        else if (!_blobs.Prefixed(row.Blob, row.ArgumentsOffset).SequenceEqual(chunk.Arguments[i]))
            difference = "other arguments";
        else if (row.DependencyCount != inputs.Length)
            difference = "other inputs";
        for (int k = 0; difference is null && k < inputs.Length; k++)
        {
            if (_edges[row.FirstDependency + k].Dependency != inputs[k])
                difference = "other inputs";
        }

        return difference is null
            ? null
            : KeyConflict + $"task {chunk.FirstIndex + i} has the key of {KeyOf(task, row)} ({IdOf(row)}), "
            + $"but {difference}; give it another key, or submit it with Pure = false";
    }

    /// <summary>
    /// A cycle among the submission's own rows in words, or null. Kahn's algorithm, then a walk along what is left.
    /// </summary>
    private string? FindCycle(Submission submission)
    {
        Stack<int> free = new();
        int left = 0;
        for (int index = 0; index < submission.TaskCount; index++)
        {
            int task = submission.Rows[index];
            ref TaskRow row = ref _tasks[task];
            if (row.Submission != submission.Number || row.Index != index)
                continue;
            left++;
            _tasks.Needs(task).MissingCount = CountOwnInputs(row, submission.Number);
            if (_tasks.Needs(task).MissingCount == 0)
                free.Push(task);
        }

        while (free.TryPop(out int task))
        {
            left--;
            for (int edge = _tasks.FirstDependent(task); edge >= 0; edge = _edges[edge].Next)
            {
                int dependent = _edges[edge].Dependent;
                if (--_tasks.Needs(dependent).MissingCount == 0)
                    free.Push(dependent);
            }
        }

        return left == 0 ? null : DescribeCycle(submission);
    }

    private int CountOwnInputs(in TaskRow row, int submission)
    {
        int count = 0;
        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            if (_tasks[_edges[edge].Dependency].Submission == submission)
                count++;
        }

        return count;
    }

    private string DescribeCycle(Submission submission)
    {
        int task = 0;
        for (int index = 0; index < submission.TaskCount; index++)
        {
            task = submission.Rows[index];
            if (_tasks[task].Submission == submission.Number && _tasks.Needs(task).MissingCount > 0)
                break;
        }

        // Every task that is left takes the value of another one that is left: following these leads into the circle.
        List<int> walk = [];
        Dictionary<int, int> seen = [];
        while (seen.TryAdd(task, walk.Count))
        {
            walk.Add(task);
            task = NextLeft(task, submission.Number);
        }

        StringBuilder words = new();
        int start = seen[task];
        int shown = Math.Min(walk.Count - start, MaxCycleShown);
        for (int i = start; i < start + shown; i++)
            words.Append(KeyOf(walk[i], _tasks[walk[i]])).Append(" ← ");
        return words.Append(shown < walk.Count - start ? "…" : KeyOf(task, _tasks[task])).ToString();
    }

    private int NextLeft(int task, int submission)
    {
        ref TaskRow row = ref _tasks[task];
        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            int input = _edges[edge].Dependency;
            if (_tasks[input].Submission == submission && _tasks.Needs(input).MissingCount > 0)
                return input;
        }

        throw new InvalidOperationException("a task outside any cycle was left over");
    }

    /// <summary>Undoes a submission that was refused: nothing of it stays.</summary>
    private void Abandon(Submission submission)
    {
        Unstage(submission);
        if (submission.Id != 0 && _submissions.Find(submission.Id) == submission)
            _submissions.End(submission, remember: false);
    }

    /// <summary>Undoes the rows of a submission that is not accepted.</summary>
    private void Unstage(Submission submission)
    {
        for (int index = 0; index < submission.TaskCount; index++)
        {
            int task = submission.Rows[index];
            if (task < 0)
                continue;
            ref TaskRow row = ref _tasks[task];
            if (row.Submission != submission.Number || row.Index != index)
                continue;
            for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
                _edges.Unlink(edge, ref _tasks.Dependents(_edges[edge].Dependency));
            _edges.Free(row.FirstDependency, row.DependencyCount);
            row.DependencyCount = 0;
        }

        for (int index = 0; index < submission.TaskCount; index++)
        {
            int task = submission.Rows[index];
            if (task < 0)
                continue;
            ref TaskRow row = ref _tasks[task];
            if (row.Submission != submission.Number || row.Index != index)
                RemoveAlias(submission, index, task);
        }

        for (int index = 0; index < submission.TaskCount; index++)
        {
            int task = submission.Rows[index];
            if (task < 0)
                continue;
            _tasks[task].Flags &= ~TaskFlags.Wanted;
            Transition(task, TaskState.Forgotten);
        }

        submission.Unstage();
    }

    private static void RequireSubmitRows(SubmitTasks chunk)
    {
        int count = chunk.Count;
        if (count < 0 || chunk.FirstIndex < 0 || (long)chunk.FirstIndex + count > int.MaxValue)
            throw new MalformedMessageException($"a chunk of {count} tasks from {chunk.FirstIndex}");
        RequireRows(count, chunk.FunctionIndex.Count);
        RequireRows(count, chunk.Arguments.Count);
        RequireRows(count, chunk.DependencyEnds.Count);
        RequireRows(count, chunk.Flags.Count);
        RequireRowsOrNone(count, chunk.Order.Count);
        RequireRowsOrNone(count, chunk.UserPriority.Count);
        RequireRowsOrNone(count, chunk.Retries.Count);
        RequireRowsOrNone(count, chunk.TimeoutMs.Count);
        RequireRowsOrNone(count, chunk.RestrictionIndex.Count);
        RequireRowsOrNone(count, chunk.ResourceIndex.Count);
        if (chunk.KeyForm == KeyForm.Hashed)
            RequireRows(count, chunk.KeyHashes.Count);
        if (chunk.KeyForm == KeyForm.Named)
            RequireRows(count, chunk.KeyNames.Count);
        RequireIndexes(chunk.FunctionIndex.Span, 0, chunk.Functions.Count);
        RequireIndexes(chunk.RestrictionIndex.Span, -1, chunk.Restrictions.Count);
        RequireIndexes(chunk.ResourceIndex.Span, -1, chunk.ResourceSets.Count);
        RequireIndexes(chunk.Order.Span, 0, int.MaxValue);
        int last = 0;
        foreach (int end in chunk.DependencyEnds.Span)
        {
            if (end < last)
                throw new MalformedMessageException("ends of dependencies that do not ascend");
            last = end;
        }

        RequireRows(last, chunk.Dependencies.Count);
    }

    private static void RequireRowsOrNone(int expected, int actual)
    {
        if (actual != 0)
            RequireRows(expected, actual);
    }

    private static void RequireIndexes(ReadOnlySpan<int> indexes, int least, int end)
    {
        foreach (int index in indexes)
        {
            if (index < least || index >= end)
                throw new MalformedMessageException($"index {index} outside {least} … {end - 1}");
        }
    }
}
