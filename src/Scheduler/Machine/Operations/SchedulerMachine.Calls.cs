using TaskGraph.Messages;

namespace TaskGraph.Scheduler.Machine;

/// <content>Functions of clients in the scheduler's own process: beside the turns, never in one.</content>
internal sealed partial class SchedulerMachine
{
    private readonly Dictionary<ulong, SchedulerCall> _calls = [];

    /// <summary>A function has ended; one of <paramref name="value"/> and <paramref name="error"/> counts.</summary>
    public void CallEnded(ulong id, byte[] value, TaskError? error)
    {
        if (_calls.Remove(id, out SchedulerCall? call))
            AnswerCall(call.Client, call.Message.RequestId, value, error);
    }

    private void OnRunOnScheduler(SchedulerClient client, RunOnScheduler message)
    {
        FunctionRecord? function = _functions.Find(message.Function);
        string problem = !_options.AllowsRun
            ? "this scheduler runs no functions of clients: start it with --allow-run if all its clients may be trusted"
            : function is null ? $"function {message.Function} is not defined" : "";
        if (problem.Length > 0)
        {
            AnswerCall(client, message.RequestId, [], NotLoaded(problem));
            return;
        }

        SchedulerCall call = new(client, message, function!.Definition);
        ulong id = ++_nextRun;
        _calls.Add(id, call);
        Effects.Add(new SchedulerEffect(
            EffectLevel.Info, $"{client.Label} runs {function.Definition.Name} in this process", Close: null));
        foreach (Hash128 content in call.Function.Assemblies.Span)
        {
            if (_assemblies.IsComplete(content))
                continue;
            call.Missing.Add(content);
            AskForAssembly(content);
        }

        if (call.Missing.Count == 0 && _calls.ContainsKey(id))
            Start(id, call);
    }

    private bool IsCallWaitingFor(Hash128 content)
    {
        foreach (SchedulerCall call in _calls.Values)
        {
            if (call.Missing.Contains(content))
                return true;
        }

        return false;
    }

    /// <summary>An assembly is complete, or nobody has it.</summary>
    private void NoteAssembly(Hash128 content, bool isThere)
    {
        if (_calls.Count == 0)
            return;
        foreach ((ulong id, SchedulerCall call) in _calls.ToArray())
        {
            if (!call.Missing.Remove(content))
                continue;
            if (!isThere)
                CallEnded(id, [], NotLoaded($"nobody has assembly {content}, which {call.Function.Name} needs"));
            else if (call.Missing.Count == 0)
                Start(id, call);
        }
    }

    private void Start(ulong id, SchedulerCall call)
    {
        List<ShippedAssembly> assemblies = [];
        foreach (Hash128 content in call.Function.Assemblies.Span)
            assemblies.Add(_assemblies.Image(content));
        Requests.Add(new ServerRequest.Call(id, call.Function, call.Message.Arguments, assemblies));
    }

    private void AnswerCall(SchedulerClient client, ulong requestId, byte[] value, TaskError? error)
    {
        if (!client.IsConnected)
            return;
        Dirty(client);
        client.Outbox.AddReply(new RunReply
        {
            RequestId = requestId,
            WorkerCount = 1,
            WorkerAddress = _options.Address,
            WorkerName = "scheduler",
            Value = value,
            Error = error,
        });
    }

    private static TaskError NotLoaded(string problem) => new(
        TaskErrorKind.FunctionNotLoaded, "TaskGraph.FunctionNotRunException", problem, RemoteStack: "", "run", "scheduler");

    /// <summary>A function that was asked for and has not ended.</summary>
    private sealed record SchedulerCall(SchedulerClient Client, RunOnScheduler Message, DefineFunction Function)
    {
        /// <summary>Assemblies that are still on their way here.</summary>
        public HashSet<Hash128> Missing { get; } = [];
    }
}
