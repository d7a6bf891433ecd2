using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>What happened to a task on the worker that runs or holds it, for its story.</content>
internal sealed partial class SchedulerMachine
{
    private void OnTaskMovesRequest(SchedulerClient client, TaskMovesRequest message)
    {
        int task = message.Key.Length > 0 ? FindByText(message.Key) : _submissions.FindTask(message.Task);
        if (task < 0 || _tasks[task].State is not (TaskState.Processing or TaskState.Memory))
        {
            AnswerAsked(client, new TaskMoves { RequestId = message.RequestId });
            return;
        }

        SchedulerWorker worker = _workers[_tasks[task].Worker]!;
        TaskId asked = IdOf(_tasks[task]);
        AskWorker(
            client,
            worker,
            message.RequestId,
            id => new TaskMovesRequest { RequestId = id, Task = asked },
            reason => Moves(message.RequestId, worker, $"  it is gone: {reason}"));
    }

    private void OnTaskMoves(SchedulerWorker worker, TaskMoves moves)
    {
        if (TakeQuestion(worker, moves.RequestId) is { } question)
            AnswerAsked(question.Client, Moves(question.RequestId, worker, moves.Text));
    }

    private static TaskMoves Moves(ulong requestId, SchedulerWorker worker, string text)
        => new() { RequestId = requestId, Worker = worker.Label, Text = text };
}
