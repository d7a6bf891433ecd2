using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;

namespace TaskGraph;

/// <summary>Turns delegates into what travels. Functions without captures are encoded once for each process.</summary>
public static class FunctionEncoder
{
    private static readonly ConcurrentDictionary<(MethodInfo, Type), FunctionDefinition> s_known = new();

    /// <summary>Encodes <paramref name="function"/> with the captured fields that its code reads.</summary>
    /// <param name="function">The function.</param>
    /// <param name="resultStays">Whether the result never leaves the worker (an actor): it may be of any type.</param>
    /// <exception cref="FunctionNotShippableException">
    /// The delegate, or something it captures, cannot travel.
    /// </exception>
    /// <exception cref="NotSerializableException">A captured value has no payload form; the path names it.</exception>
    public static FunctionDefinition Encode(Delegate function, bool resultStays = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        var key = (function.Method, function.GetType());
        if (function.HasSingleTarget && s_known.TryGetValue(key, out var known))
        {
            return known;
        }
        var definition = EncodeAnew(function, resultStays);
        return !resultStays && IsStateless(function.Target) ? s_known.GetOrAdd(key, definition) : definition;
    }

    private static bool IsStateless(object? target)
    {
        return target is null || (target.GetType().Name == "<>c" && UserTypes.IsClosure(target.GetType()));
    }

    private static FunctionDefinition EncodeAnew(Delegate function, bool resultStays)
    {
        var name = FunctionName.Of(function.Method);
        var invoke = function.GetType().GetMethod("Invoke")!;
        RefuseReferences(invoke, name);
        if (!resultStays)
        {
            RequireResult(invoke, name);
        }
        var plan = CapturePlan.For(function);
        var symbols = new SymbolWriter(AssemblyCatalog.Shared);
        var captures = new CaptureWriter(plan, symbols);
        var parts = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(parts);
        captures.WriteParts(ref writer, function, CapturedFields.RootPathOf(function));
        writer.Flush();
        var warnings = captures.Warnings;
        foreach (var field in plan.MutableStatics)
        {
            warnings.Add($"{name} uses the static field {field.DeclaringType!.Name}.{CapturedFields.NameOf(field)}, "
                + "which has its own value in every worker process and starts at its initial one there. "
                + "Pass the value as an argument.");
        }
        return new FunctionDefinition(invoke, name, Assemble(name, symbols.Assemblies, parts.WrittenSpan),
            symbols.Assemblies, warnings);
    }

    private static byte[] Assemble(string name, IReadOnlyList<AssemblyIdentity> assemblies, ReadOnlySpan<byte> parts)
    {
        var body = new ArrayBufferWriter<byte>(parts.Length + 256);
        var writer = new MessagePackWriter(body);
        writer.WriteArrayHeader(BodyFormat.HeaderFields);
        writer.Write(BodyFormat.Version);
        writer.Write(name);
        writer.WriteArrayHeader(assemblies.Count);
        foreach (var assembly in assemblies)
        {
            AssemblyIdentityCodec.Write(ref writer, assembly);
        }
        writer.Flush();
        body.Write(parts);
        return body.WrittenSpan.ToArray();
    }

    private static void RefuseReferences(MethodInfo invoke, string name)
    {
        foreach (var parameter in invoke.GetParameters())
        {
            if (parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike)
            {
                throw new FunctionNotShippableException(name,
                    $"its parameter {parameter.Name} is a reference or a span, which cannot leave a process",
                    "Take the value, an array or Memory<T>");
            }
        }
        if (invoke.ReturnType.IsByRef || invoke.ReturnType.IsByRefLike)
        {
            throw new FunctionNotShippableException(name, "it returns a reference or a span",
                "Return the value, an array or Memory<T>");
        }
    }

    // Better here than after the work is done.
    private static void RequireResult(MethodInfo invoke, string name)
    {
        var (type, _) = TaskResult.Of(invoke.ReturnType);
        try
        {
            PayloadCodecs.For(type);
        }
        catch (NotSerializableException e)
        {
            throw new NotSerializableException(e.Type, $"result of {name}: {e.Path}", e.Reason);
        }
    }
}
