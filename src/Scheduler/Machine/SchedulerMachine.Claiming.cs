using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Futures that clients find inside values: they want the tasks as well, under numbers of their own.</content>
internal sealed partial class SchedulerMachine
{
    private void OnClaimTasks(SchedulerClient client, ClaimTasks message)
    {
        bool isRepeated = _submissions.HasEnded(message.Submission) || _submissions.Find(message.Submission) is not null;
        Reply(client, message.Submission, error: "");
        if (isRepeated)
            return;
        Record(client, message);
        Submission claiming = OpenForAliases(message.Submission, client, message.Tasks.Count);
        for (int index = 0; index < message.Tasks.Count; index++)
        {
            int task = _submissions.FindTask(message.Tasks[index]);
            if (task >= 0)
            {
                Want(claiming, index, task);
                TellState(claiming.Number, index, task);
            }
            else if (client.IsConnected)
            {
                Dirty(client);
                client.Outbox.Lost(
                    new TaskId(message.Submission, index), "it had been released before its future arrived here");
            }
        }

        EndIfEmpty(claiming);
    }
}
