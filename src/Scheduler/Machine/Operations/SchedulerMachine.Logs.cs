using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Log records on their way from scheduler and workers to clients.</content>
internal sealed partial class SchedulerMachine
{
    private void OnLogRequest(SchedulerClient client, LogRequest message)
    {
        if (message.Worker.Length == 0)
        {
            Requests.Add(new ServerRequest.ReadLog(client, message.RequestId, message.From));
            return;
        }

        if (FindWorker(message.Worker) is not { } worker)
        {
            string error = $"no worker of name or address {message.Worker} is connected";
            AnswerAsked(client, new LogReply { RequestId = message.RequestId, Error = error });
            return;
        }

        AskWorker(
            client,
            worker,
            message.RequestId,
            id => new LogRequest { RequestId = id, From = message.From },
            reason => new LogReply { RequestId = message.RequestId, Error = $"worker {worker.Label} is gone: {reason}" });
    }

    private void OnLogReply(SchedulerWorker worker, LogReply reply)
    {
        if (TakeQuestion(worker, reply.RequestId) is not { } question)
            return;
        reply.RequestId = question.RequestId;
        AnswerAsked(question.Client, reply);
    }
}
