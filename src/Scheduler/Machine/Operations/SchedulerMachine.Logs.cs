using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Log records on their way from scheduler and workers to clients.</content>
internal sealed partial class SchedulerMachine
{
    private readonly Dictionary<ulong, LogQuestion> _logQuestions = [];
    private ulong _nextLogQuestion;

    private void OnLogRequest(SchedulerClient client, LogRequest message)
    {
        if (message.Worker.Length == 0)
        {
            Requests.Add(new ServerRequest.ReadLog(client, message.RequestId, message.From));
            return;
        }

        SchedulerWorker? worker = _workers.Find(
            known => known is not null && (known.Name == message.Worker || known.Address == message.Worker));
        if (worker is null)
        {
            string error = $"no worker of name or address {message.Worker} is connected";
            AnswerLog(client, new LogReply { RequestId = message.RequestId, Error = error });
            return;
        }

        ulong id = ++_nextLogQuestion;
        _logQuestions.Add(id, new LogQuestion(client, worker, message.RequestId));
        Dirty(worker);
        worker.Outbox.AddFirst(new LogRequest { RequestId = id, From = message.From });
    }

    private void OnLogReply(SchedulerWorker worker, LogReply reply)
    {
        if (!_logQuestions.TryGetValue(reply.RequestId, out LogQuestion? question) || question.Worker != worker)
            return;
        _logQuestions.Remove(reply.RequestId);
        reply.RequestId = question.RequestId;
        AnswerLog(question.Client, reply);
    }

    private void FailLogQuestions(SchedulerWorker worker, string reason)
    {
        if (_logQuestions.Count == 0)
            return;
        foreach ((ulong id, LogQuestion question) in _logQuestions.ToArray())
        {
            if (question.Worker != worker)
                continue;
            _logQuestions.Remove(id);
            string error = $"worker {worker.Label} is gone: {reason}";
            AnswerLog(question.Client, new LogReply { RequestId = question.RequestId, Error = error });
        }
    }

    private void AnswerLog(SchedulerClient client, LogReply reply)
    {
        if (!client.IsConnected)
            return;
        Dirty(client);
        client.Outbox.AddReply(reply);
    }

    /// <summary>A client's question that a worker has been asked.</summary>
    private sealed record LogQuestion(SchedulerClient Client, SchedulerWorker Worker, ulong RequestId);
}
