using TaskGraph.Messages;

namespace TaskGraph;

// Futures that came inside values.
public sealed partial class Client
{
    /// <summary>Wants a task that somebody else submitted; said to the scheduler before anything that is let go later.</summary>
    internal FutureHandle Claim(TaskId task, string key)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            var id = _machine.NewSubmission();
            var message = new ClaimTasks { Submission = id };
            message.Tasks.Add(task);
            var set = new FutureSet(id, TaskNames.Named([key], "future"), 1);
            _machine.Submit(new Submission(id, [message], []), set);
            Transmit();
            return new FutureHandle(this, set);
        }
    }

    /// <summary>
    /// A future that leaves in a task's result goes another way than what this client says: whoever finds it there must not ask
    /// the scheduler for a task that it has not heard of.
    /// </summary>
    internal void WaitUntilAnswered(ulong submission)
    {
        var answered = new TaskCompletionSource();
        lock (_gate)
            _machine.WhenAnswered(submission, answered.SetResult);

        // The thread is the task's own, which has nothing else to do: a codec cannot wait in another way.
        answered.Task.GetAwaiter().GetResult();
    }

    /// <summary>Decodes a value that came to this client: futures inside are its own.</summary>
    internal T Decode<T>(in Payload payload)
    {
        using (FutureTransit.Receive(this))
            return PayloadCodecs.Decode<T>(payload);
    }
}
