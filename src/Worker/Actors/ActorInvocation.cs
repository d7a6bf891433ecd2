using System.Buffers;
using System.Text;
using TaskGraph.Messages;
using TaskGraph.Worker.Execution;

namespace TaskGraph.Worker.Actors;

/// <summary>Carries out one call of an actor's method.</summary>
internal static class ActorInvocation
{
    /// <summary>Loads the method, calls it, awaits it, and encodes the result or the failure.</summary>
    public static ActorReply Run(
        ActorVisit visit, TaskId id, string key, object instance, IRunHost host, ActorCode code, Action<TaskRun> started)
    {
        var call = visit.Call;
        var reply = new ActorReply { Actor = id, RequestId = call.RequestId };
        TaskRun? run = null;
        try
        {
            var function = code.Load(visit.From, call.Function);
            run = new TaskRun(host, function)
            {
                Task = id,
                NameUtf8 = Encoding.UTF8.GetBytes(key),
                ActorInstance = instance,
            };
            started(run);
            var arguments = call.Attachments.Count > 0 ? call.Attachments[0] : default;
            reply.Attachments = [Encode(function.ResultCodec, Invoke(run, function, arguments))];
            reply.Outcome = ActorOutcome.Done;
        }
        catch (Exception e)
        {
            reply.Outcome = ActorOutcome.Failed;
            reply.Error = run is null ? NotLoaded(e, key, host) : ErrorOf(run, e);
        }

        return reply;
    }

    private static object? Invoke(TaskRun run, TaskFunction function, ReadOnlyMemory<byte> arguments)
    {
        using var scope = TaskContext.Enter(run);
        // The thread is the actor's own: it has nothing else to do until the method has ended.
        return function.IsAsync
            ? function.InvokeAsync(arguments, run, run.Cancellation).AsTask().GetAwaiter().GetResult()
            : function.Invoke(arguments, run, run.Cancellation);
    }

    // A copy, without buffers that share the value's memory: the next call may change the object it came from.
    private static byte[] Encode(PayloadCodec codec, object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PayloadWriter(output);
        PayloadCodecs.WriteObject(ref writer, codec, value);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static TaskError ErrorOf(TaskRun run, Exception e) =>
        e is NotSerializableException ? RunErrors.ResultNotSerializable(run, e) : RunErrors.Of(run, e);

    private static TaskError NotLoaded(Exception e, string key, IRunHost host) => new(
        TaskErrorKind.FunctionNotLoaded,
        e.GetType().FullName ?? e.GetType().Name,
        e.Message,
        e.StackTrace ?? "",
        key,
        $"{host.WorkerName} {host.WorkerAddress}");
}
