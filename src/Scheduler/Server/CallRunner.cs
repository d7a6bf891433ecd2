using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Scheduler.Server;

/// <summary>
/// Runs functions of clients in this process, each on a pool thread: what they do delays no turn, and what they throw
/// goes back to who asked.
/// </summary>
internal sealed class CallRunner(bool sharesProcess, ILogger logger)
{
    private const int MaxErrorChars = 10_000;
    private const int MaxValueBytes = Protocol.MaxControlFrameBytes - (64 << 10);

    private readonly Lazy<FunctionLoader> _loader = new(() => new FunctionLoader(sharesProcess));
    private readonly ConcurrentDictionary<Hash128, bool> _added = new();

    /// <summary>Starts the function; <paramref name="ended"/> is called once, on a pool thread.</summary>
    public void Start(ServerRequest.Call call, Func<CallEnd, ValueTask> ended) =>
        _ = Task.Run(async () => await ended(await RunAsync(call)));

    private async Task<CallEnd> RunAsync(ServerRequest.Call call)
    {
        try
        {
            TaskFunction function = Load(call);
            object? value = await function.InvokeAsync(call.Arguments, NoInputs.Instance, CancellationToken.None);
            byte[] bytes = function.EncodeResult(value);
            return bytes.Length <= MaxValueBytes
                ? new CallEnd(call.Id, bytes, Error: null)
                : new CallEnd(call.Id, [], new TaskError(
                    TaskErrorKind.ResultNotSerializable,
                    typeof(NotSerializableException).FullName!,
                    $"The result takes {bytes.Length} bytes, more than the {MaxValueBytes} that come back this way.",
                    RemoteStack: "",
                    "run",
                    "scheduler"));
        }
        catch (Exception e)
        {
            logger.LogInformation("{Function} has failed: {Reason}", call.Function.Name, e.Message);
            return new CallEnd(call.Id, [], ErrorOf(e));
        }
    }

    private TaskFunction Load(ServerRequest.Call call)
    {
        FunctionLoader loader = _loader.Value;
        HashSet<Hash128> missing = [.. loader.Missing(call.Function.Body).Select(static identity => identity.Content)];
        foreach (ShippedAssembly assembly in call.Assemblies)
        {
            if (!missing.Contains(assembly.Content) || !_added.TryAdd(assembly.Content, true))
                continue;
            loader.AddAssembly(
                assembly.Content, assembly.Pe.ToArray(), assembly.Pdb.Length == 0 ? null : assembly.Pdb.ToArray());
        }

        return loader.Load(call.Function.Body);
    }

    private static TaskError ErrorOf(Exception thrown) => new(
        thrown is MalformedFunctionException ? TaskErrorKind.FunctionNotLoaded : TaskErrorKind.Exception,
        thrown.GetType().FullName ?? thrown.GetType().Name,
        Cut(thrown.Message),
        Cut(thrown.StackTrace ?? ""),
        "run",
        "scheduler");

    private static string Cut(string text) =>
        text.Length <= MaxErrorChars ? text : string.Concat(text.AsSpan(0, MaxErrorChars), "…");

    /// <summary>A function that is called directly has arguments and no inputs.</summary>
    private sealed class NoInputs : IDependencyValues
    {
        public static NoInputs Instance { get; } = new();

        public object? Get(int ordinal, PayloadCodec codec) =>
            throw new InvalidOperationException("A function that runs on the scheduler has no tasks as inputs.");
    }
}

/// <summary>How a function in this process has ended.</summary>
/// <param name="Id">The machine's number for it.</param>
/// <param name="Value">Its encoded value, if there is no error.</param>
/// <param name="Error">Why there is no value.</param>
internal sealed record CallEnd(ulong Id, byte[] Value, TaskError? Error);
