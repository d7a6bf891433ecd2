namespace TaskGraph.Scheduler.Machine;

/// <content>
/// Tasks that run beyond twice their estimate: the mean is no guide to them any more, the time they have run is. Nobody
/// says when a task has started, so what counts is how long its worker has not answered.
/// </content>
internal sealed partial class SchedulerMachine
{
    private void NoteOverruns()
    {
        foreach (SchedulerWorker? worker in _workers)
        {
            if (worker is not null)
                NoteOverrun(worker);
        }
    }

    private void NoteOverrun(SchedulerWorker worker)
    {
        if (worker.AssignedCount == worker.SecededCount)
            return;
        int task = worker.FirstAssigned;
        while (_tasks[task].Has(TaskFlags.Seceded))
            task = _tasks[task].NextAssigned;
        long elapsed = _now - worker.LastAnswer;
        long expected = worker.Scaled(_functions[_tasks[task].Function].EstimateUs);
        if (elapsed < Math.Max(expected * 2, _options.OverdueUs))
            return;
        worker.OverrunUs = elapsed * 2;
        MarkLoad(worker);
    }
}
