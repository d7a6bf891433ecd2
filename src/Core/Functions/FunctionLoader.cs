using System.Collections.Concurrent;
using System.Reflection;

namespace TaskGraph;

/// <summary>
/// The worker's side of code shipping: takes assemblies and function bodies, gives callable functions. A function's
/// captures are decoded once: all its calls on a worker share them, also those that run at the same time.
/// </summary>
public sealed class FunctionLoader
{
    private readonly ShippedAssemblies _shipped = new();
    private readonly ConcurrentDictionary<Hash128, TaskFunction> _functions = new();
    private readonly bool _shareProcess;

    /// <summary>
    /// A loader of its own. With <paramref name="shareProcess"/>, code that this very process already runs is used as
    /// it is, so that an in-process cluster's results have the user's own types.
    /// </summary>
    public FunctionLoader(bool shareProcess = false) => _shareProcess = shareProcess;

    /// <summary>The assemblies that must be added before the function can be loaded.</summary>
    /// <exception cref="MalformedFunctionException">The bytes are not a function body.</exception>
    public IReadOnlyList<AssemblyIdentity> Missing(ReadOnlySpan<byte> body)
    {
        var reader = new MessagePackReader(body);
        var missing = new List<AssemblyIdentity>();
        foreach (var assembly in ReadHead(ref reader).Assemblies)
        {
            if (!_shipped.Has(assembly.Content) && !IsOwn(assembly))
            {
                missing.Add(assembly);
            }
        }
        return missing;
    }

    /// <summary>Takes an assembly that was <see cref="Missing"/>; taking it twice does no harm.</summary>
    /// <exception cref="MalformedFunctionException">The bytes are not what their hash says.</exception>
    public void AddAssembly(Hash128 content, byte[] pe, byte[]? pdb) => _shipped.Add(content, pe, pdb);

    /// <summary>The function; equal bodies give the same one until it is forgotten.</summary>
    /// <exception cref="MalformedFunctionException">The body is broken, or an assembly has not been added.</exception>
    public TaskFunction Load(ReadOnlyMemory<byte> body)
    {
        var id = Hash128.Of(body.Span);
        return _functions.TryGetValue(id, out var known) ? known : _functions.GetOrAdd(id, Build(body.Span));
    }

    /// <summary>Lets go of a function that no task names any more; its assemblies stay.</summary>
    public void Forget(Hash128 id) => _functions.TryRemove(id, out _);

    private TaskFunction Build(ReadOnlySpan<byte> body)
    {
        var reader = new MessagePackReader(body);
        try
        {
            var head = FunctionBody.ReadHead(ref reader);
            var symbols = new SymbolReader(index => Resolve(head, index));
            var captures = new CaptureReader(symbols);
            var function = captures.Read(ref reader);
            return TaskFunction.For(head.Name, function, captures.Ambients);
        }
        catch (Exception e) when (e is MessagePackException or not TaskGraphException)
        {
            // Tokens and names that fit nothing surface as a dozen exception types of reflection's own.
            throw new MalformedFunctionException(e.Message.TrimEnd('.'), e);
        }
    }

    private Assembly Resolve(FunctionBody head, int index)
    {
        if ((uint)index >= (uint)head.Assemblies.Length)
        {
            throw new MalformedFunctionException($"it names assembly {index} of {head.Assemblies.Length}");
        }
        var identity = head.Assemblies[index];
        return Shared(identity) ?? _shipped.Load(identity, head.Assemblies);
    }

    // What this process encoded it also runs; references that it has not loaded yet, the runtime finds as ever.
    private bool IsOwn(AssemblyIdentity identity)
    {
        return _shareProcess && (AssemblyCatalog.Shared.Runs(identity.Content) || Shared(identity) is not null);
    }

    private Assembly? Shared(AssemblyIdentity identity) => _shareProcess ? ProcessAssemblies.Find(identity.Mvid) : null;

    private static FunctionBody ReadHead(ref MessagePackReader reader)
    {
        try
        {
            return FunctionBody.ReadHead(ref reader);
        }
        catch (MessagePackException e)
        {
            throw new MalformedFunctionException(e.Message.TrimEnd('.'), e);
        }
    }
}
