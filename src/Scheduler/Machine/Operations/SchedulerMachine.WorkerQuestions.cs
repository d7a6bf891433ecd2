using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Questions of clients that workers answer: passed on under a number of the scheduler's own, and back.</content>
internal sealed partial class SchedulerMachine
{
    private readonly Dictionary<ulong, WorkerQuestion> _workerQuestions = [];
    private ulong _nextWorkerQuestion;

    private SchedulerWorker? FindWorker(string nameOrAddress) => _workers.Find(
        known => known is not null && (known.Name == nameOrAddress || known.Address == nameOrAddress));

    /// <summary>Passes a question on; <paramref name="gone"/> is the answer should the worker leave before it has given one.</summary>
    private void AskWorker(
        SchedulerClient client, SchedulerWorker worker, ulong requestId, Func<ulong, Message> question, Func<string, Message> gone)
    {
        ulong id = ++_nextWorkerQuestion;
        _workerQuestions.Add(id, new WorkerQuestion(client, worker, requestId, gone));
        Dirty(worker);
        worker.Outbox.AddFirst(question(id));
    }

    /// <summary>The question that this answers; null = nobody waits for it.</summary>
    private WorkerQuestion? TakeQuestion(SchedulerWorker worker, ulong id)
        => _workerQuestions.TryGetValue(id, out WorkerQuestion? question) && question.Worker == worker
            && _workerQuestions.Remove(id) ? question : null;

    private void FailWorkerQuestions(SchedulerWorker worker, string reason)
    {
        if (_workerQuestions.Count == 0)
            return;
        foreach ((ulong id, WorkerQuestion question) in _workerQuestions.ToArray())
        {
            if (question.Worker != worker)
                continue;
            _workerQuestions.Remove(id);
            AnswerAsked(question.Client, question.Gone(reason));
        }
    }

    private void AnswerAsked(SchedulerClient client, Message reply)
    {
        if (!client.IsConnected)
            return;
        Dirty(client);
        client.Outbox.AddReply(reply);
    }

    /// <summary>A client's question that a worker has been asked.</summary>
    private sealed record WorkerQuestion(
        SchedulerClient Client, SchedulerWorker Worker, ulong RequestId, Func<string, Message> Gone);
}
