using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Inputs in a shortened journal. A task may name its input by a place of an equal key (an alias); when that place is
/// released, the input lives on under its first name alone, which the snapshot therefore states.
/// </content>
internal sealed partial class SchedulerMachine
{
    /// <summary>In a replay: inputs by the place of the task that takes them.</summary>
    private readonly Dictionary<(ulong Submission, int Place), TaskId[]> _keptInputs = [];

    private void KeepInputs(Submission submission, JournalSnapshot snapshot)
    {
        InputsKept? open = null;
        for (int place = 0; place < submission.TaskCount; place++)
        {
            int task = submission.Rows[place];
            if (task < 0 || !IsOwn(submission, place, task) || !MayBeNamedOtherwise(_tasks[task]))
                continue;
            if (open is null || open.Inputs.Count + _tasks[task].DependencyCount > Protocol.MaxTasksPerMessage)
            {
                open = new InputsKept { Submission = submission.Id };
                if (!snapshot.Inputs.TryGetValue(submission.Id, out List<InputsKept>? all))
                    snapshot.Inputs.Add(submission.Id, all = []);
                all.Add(open);
            }

            ref TaskRow row = ref _tasks[task];
            open.Places.Add(place);
            for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
                open.Inputs.Add(IdOf(_tasks[_edges[edge].Dependency]));
            open.InputEnds.Add(open.Inputs.Count);
        }
    }

    private bool IsOwn(Submission submission, int place, int task) =>
        _tasks[task].Submission == submission.Number && _tasks[task].Index == place;

    /// <summary>Whether an input's key may have been shared.</summary>
    private bool MayBeNamedOtherwise(in TaskRow row)
    {
        for (int edge = row.FirstDependency, end = edge + row.DependencyCount; edge < end; edge++)
        {
            ref TaskRow input = ref _tasks[_edges[edge].Dependency];
            if (input.Has(TaskFlags.Keyed | TaskFlags.HasAliases) || _submissions[input.Submission].KeyForm == KeyForm.Range)
                return true;
        }

        return false;
    }

    private void ReplayInputs(InputsKept kept)
    {
        for (int i = 0, start = 0; i < kept.Places.Count; start = kept.InputEnds[i], i++)
            _keptInputs[(kept.Submission, kept.Places[i])] = kept.Inputs.Span[start..kept.InputEnds[i]].ToArray();
    }
}
