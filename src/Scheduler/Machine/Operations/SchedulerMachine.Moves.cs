using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>What happened to a task on the worker that runs or holds it, for its story.</content>
internal sealed partial class SchedulerMachine
{
    private readonly Dictionary<ulong, MovesQuestion> _movesQuestions = [];
    private ulong _nextMovesQuestion;

    private void OnTaskMovesRequest(SchedulerClient client, TaskMovesRequest message)
    {
        int task = message.Key.Length > 0 ? FindByText(message.Key) : _submissions.FindTask(message.Task);
        if (task < 0 || _tasks[task].State is not (TaskState.Processing or TaskState.Memory))
        {
            AnswerMoves(client, new TaskMoves { RequestId = message.RequestId });
            return;
        }

        SchedulerWorker worker = _workers[_tasks[task].Worker]!;
        ulong id = ++_nextMovesQuestion;
        _movesQuestions.Add(id, new MovesQuestion(client, worker, message.RequestId));
        Dirty(worker);
        worker.Outbox.AddFirst(new TaskMovesRequest { RequestId = id, Task = IdOf(_tasks[task]) });
    }

    private void OnTaskMoves(SchedulerWorker worker, TaskMoves moves)
    {
        if (!_movesQuestions.TryGetValue(moves.RequestId, out MovesQuestion? question) || question.Worker != worker)
            return;
        _movesQuestions.Remove(moves.RequestId);
        AnswerMoves(question.Client, new TaskMoves
        {
            RequestId = question.RequestId,
            Worker = worker.Label,
            Text = moves.Text,
        });
    }

    private void FailMovesQuestions(SchedulerWorker worker, string reason)
    {
        if (_movesQuestions.Count == 0)
            return;
        foreach ((ulong id, MovesQuestion question) in _movesQuestions.ToArray())
        {
            if (question.Worker != worker)
                continue;
            _movesQuestions.Remove(id);
            AnswerMoves(question.Client, new TaskMoves
            {
                RequestId = question.RequestId,
                Worker = worker.Label,
                Text = $"  it is gone: {reason}",
            });
        }
    }

    private void AnswerMoves(SchedulerClient client, TaskMoves moves)
    {
        if (!client.IsConnected)
            return;
        Dirty(client);
        client.Outbox.AddReply(moves);
    }

    /// <summary>A client's question that a worker has been asked.</summary>
    private sealed record MovesQuestion(SchedulerClient Client, SchedulerWorker Worker, ulong RequestId);
}
