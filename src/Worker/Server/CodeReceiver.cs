using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph.Worker.Server;

/// <summary>
/// Takes functions and assemblies from the scheduler in the order in which they come, asks for what is missing, and
/// loads off the loop's thread.
/// </summary>
internal sealed class CodeReceiver(
    FunctionLoader loader, Connection scheduler, Mailbox mailbox, string worker, ILogger logger)
{
    private readonly Channel<object> _work = Channel.CreateUnbounded<object>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly ConcurrentDictionary<Hash128, TaskCompletionSource<TaskFunction>> _functions = new();
    private readonly Dictionary<Hash128, AssemblyAssembler> _arriving = [];
    private readonly List<Pending> _pending = [];

    private Connection _scheduler = scheduler;

    private sealed record Pending(DefineFunction Function, HashSet<Hash128> Missing);

    /// <summary>Works until <see cref="Close"/>.</summary>
    public async Task RunAsync()
    {
        await foreach (var message in _work.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            switch (message)
            {
                case DefineFunction function:
                    Define(function);
                    break;
                case AssemblyBytes bytes:
                    Receive(bytes);
                    break;
                case Return back:
                    // Whatever is still missing is announced anew, and asked for anew.
                    _scheduler = back.Scheduler;
                    _arriving.Clear();
                    _pending.Clear();
                    break;
            }
        }
    }

    /// <summary>A function was announced; <see cref="CodeArrival"/> tells how it ended.</summary>
    public void Post(DefineFunction message)
    {
        _functions.TryAdd(message.Id, NewCompletion());
        _work.Writer.TryWrite(message);
    }

    /// <summary>A piece of an assembly came.</summary>
    public void Post(AssemblyBytes message) => _work.Writer.TryWrite(message);

    /// <summary>The worker is back under a new incarnation.</summary>
    public void Post(Return back) => _work.Writer.TryWrite(back);

    /// <summary>Whether the scheduler has announced the function.</summary>
    public bool IsAnnounced(Hash128 function) => _functions.ContainsKey(function);

    /// <summary>A function that is loaded.</summary>
    public TaskFunction Loaded(Hash128 function) => _functions[function].Task.Result;

    /// <summary>The function, once it is loaded.</summary>
    /// <exception cref="TaskGraphException">It cannot be loaded.</exception>
    public Task<TaskFunction> LoadedAsync(Hash128 function) =>
        _functions.TryGetValue(function, out var completion)
            ? completion.Task
            : Task.FromException<TaskFunction>(new FunctionNotLoadedException("the scheduler never announced it"));

    /// <summary>Takes nothing more.</summary>
    public void Close() => _work.Writer.TryComplete();

    private void Define(DefineFunction message)
    {
        try
        {
            if (Hash128.Of(message.Body) != message.Id)
                throw new FunctionNotLoadedException("its bytes are not what its id says");
            HashSet<Hash128> missing = [];
            foreach (var assembly in loader.Missing(message.Body))
                missing.Add(assembly.Content);
            if (missing.Count == 0)
            {
                Load(message);
                return;
            }

            _pending.Add(new Pending(message, missing));
            AskFor(missing);
        }
        catch (Exception e)
        {
            Fail(message, e);
        }
    }

    private void AskFor(HashSet<Hash128> missing)
    {
        var request = new NeedAssemblies();
        foreach (var content in missing)
        {
            if (_arriving.TryAdd(content, new AssemblyAssembler()))
                request.Contents.Add(content);
        }

        if (request.Contents.Count == 0)
            return;
        _scheduler.Write(request);
        _scheduler.Flush();
    }

    private void Receive(AssemblyBytes message)
    {
        if (!_arriving.TryGetValue(message.Content, out var assembler))
            return;
        try
        {
            if (!assembler.Add(message))
                return;
            loader.AddAssembly(message.Content, assembler.Pe, assembler.Pdb);
            _arriving.Remove(message.Content);
            Arrived(message.Content, error: null);
        }
        catch (Exception e)
        {
            _arriving.Remove(message.Content);
            Arrived(message.Content, e);
        }
    }

    private void Arrived(Hash128 content, Exception? error)
    {
        for (var i = _pending.Count - 1; i >= 0; i--)
        {
            var (function, missing) = _pending[i];
            if (!missing.Remove(content) || (error is null && missing.Count > 0))
                continue;
            _pending.RemoveAt(i);
            if (error is not null)
                Fail(function, error);
            else
                Load(function);
        }
    }

    private void Load(DefineFunction message)
    {
        try
        {
            var function = loader.Load(message.Body);
            _functions.GetOrAdd(message.Id, static _ => NewCompletion()).TrySetResult(function);
            mailbox.Post(new CodeArrival(message.Id, null));
        }
        catch (Exception e)
        {
            Fail(message, e);
        }
    }

    private void Fail(DefineFunction message, Exception error)
    {
        logger.LogWarning("Function {Name} cannot be loaded: {Reason}", message.Name, error.Message);
        var wrapped = error as TaskGraphException ?? new FunctionNotLoadedException(error.Message, error);
        var completion = _functions.GetOrAdd(message.Id, static _ => NewCompletion());
        completion.TrySetException(wrapped);
        _ = completion.Task.Exception;
        mailbox.Post(new CodeArrival(message.Id, new TaskError(
            TaskErrorKind.FunctionNotLoaded,
            error.GetType().FullName ?? error.GetType().Name,
            $"The code of {message.Name} cannot be loaded: {error.Message}",
            error.StackTrace ?? "",
            "",
            worker)));
    }

    private static TaskCompletionSource<TaskFunction> NewCompletion() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
