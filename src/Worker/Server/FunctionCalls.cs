using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Execution;

namespace TaskGraph.Worker.Server;

/// <summary>Functions that the scheduler wants run at once, outside the task system, on a pool thread.</summary>
internal sealed class FunctionCalls(CodeReceiver code, IRunHost host)
{
    /// <summary>Runs the function and answers.</summary>
    public void Start(RunFunction message, Connection scheduler) => _ = Task.Run(() => RunAsync(message, scheduler));

    private async Task RunAsync(RunFunction message, Connection scheduler)
    {
        var result = new FunctionResult { RequestId = message.RequestId };
        TaskRun? run = null;
        try
        {
            var function = await code.LoadedAsync(message.Function).ConfigureAwait(false);
            run = new TaskRun(host, function);
            object? value;
            using (TaskContext.Enter(run))
                value = await function.InvokeAsync(message.Arguments, run, run.Cancellation).ConfigureAwait(false);
            result.Value = function.EncodeResult(value);
        }
        catch (Exception e)
        {
            result.Error = run is not null
                ? RunErrors.Of(run, e)
                : new TaskError(TaskErrorKind.FunctionNotLoaded, e.GetType().FullName ?? "", e.Message, "", "run",
                    $"{host.WorkerName} {host.WorkerAddress}");
        }

        Send(result, scheduler);
    }

    private void Send(FunctionResult result, Connection scheduler)
    {
        try
        {
            scheduler.Write(result);
        }
        catch (MessageTooLargeException e)
        {
            result.Value = [];
            result.Error = new TaskError(
                TaskErrorKind.ResultNotSerializable,
                e.GetType().FullName!,
                "The result is too large to come back this way: submit the function as a task instead. " + e.Message,
                "",
                "run",
                $"{host.WorkerName} {host.WorkerAddress}");
            scheduler.Write(result);
        }

        scheduler.Flush();
    }
}
