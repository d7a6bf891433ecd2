using System.Text;
using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// A call of a coordination object on its way. Futures that come with the reply become the client's in the same moment:
/// the scheduler's news of their tasks follow right behind.
/// </summary>
internal sealed class CoordinationRequest(Client client, ClientMachine machine, CoordinationCall call) : ClientRequest
{
    private readonly TaskCompletionSource<CoordinationReply> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Message Message => call;

    public override bool NamesTasks => call.Tasks.Count > 0;

    public Task<CoordinationReply> Answer => _answer.Task;

    /// <summary>Keeps the futures that came; null = none did.</summary>
    public FutureHandle? Futures { get; private set; }

    /// <summary>When it was first said, as a timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long Started { get; } = System.Diagnostics.Stopwatch.GetTimestamp();

    public override bool OnReply(Message reply)
    {
        if (reply is not CoordinationReply answer)
            return false;
        machine.NoteAnswered(call.RequestId);
        var tasks = answer.TaskEnds.Count == 0 ? 0 : answer.TaskEnds[answer.TaskEnds.Count - 1];
        if (tasks > 0 && answer.Outcome == SharedOutcome.Done)
        {
            var keys = new string[tasks];
            for (var i = 0; i < tasks; i++)
                keys[i] = i < answer.Keys.Count ? Encoding.UTF8.GetString(answer.Keys[i]) : "";
            var set = new FutureSet(call.Submission, TaskNames.Named(keys, "future"), tasks);
            machine.Adopt(set);
            Futures = new FutureHandle(client, set);
        }
        _answer.TrySetResult(answer);
        return true;
    }

    public override void OnLost(FutureFailure failure) => _answer.TrySetException(failure.ToException(""));
}
