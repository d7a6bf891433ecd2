using System.Buffers;
using System.Reflection;

namespace TaskGraph;

/// <summary>A function on the worker, ready to be called with argument blobs. Safe for concurrent calls.</summary>
public abstract class TaskFunction
{
    private PayloadCodec? _resultCodec;
    private AmbientField[]? _ambients;

    private protected TaskFunction(string name, MethodInfo invoke, List<AmbientField> ambients)
    {
        Name = name;
        ArgumentCount = invoke.GetParameters().Length;
        TakesCancellation = Array.Exists(
            invoke.GetParameters(), static one => one.ParameterType.IsAssignableFrom(typeof(CancellationToken)));
        (ResultType, IsAsync) = TaskResult.Of(invoke.ReturnType);
        _ambients = ambients.Count == 0 ? null : [.. ambients];
    }

    /// <summary>The function's short name.</summary>
    public string Name { get; }

    /// <summary>The number of arguments in a blob.</summary>
    public int ArgumentCount { get; }

    /// <summary>Whether a parameter may be given the task's cancellation token.</summary>
    public bool TakesCancellation { get; }

    /// <summary>The type of the result: inside of <c>Task&lt;T&gt;</c>, and <see cref="Unit"/> for void.</summary>
    public Type ResultType { get; }

    /// <summary>The codec of <see cref="ResultType"/>.</summary>
    /// <exception cref="NotSerializableException">Results of the type cannot travel.</exception>
    public PayloadCodec ResultCodec => _resultCodec ??= PayloadCodecs.For(ResultType);

    /// <summary>Whether to call <see cref="InvokeAsync"/> instead of <see cref="Invoke"/>.</summary>
    public bool IsAsync { get; }

    /// <summary>
    /// Decodes the arguments, calls, and returns the result. What the user's code throws comes as it was thrown.
    /// </summary>
    /// <exception cref="InvalidOperationException">The function is asynchronous.</exception>
    public abstract object? Invoke(
        ReadOnlyMemory<byte> arguments, IDependencyValues dependencies, CancellationToken cancellation);

    /// <summary>As <see cref="Invoke"/>, and awaits the task that the function returns.</summary>
    public abstract ValueTask<object?> InvokeAsync(
        ReadOnlyMemory<byte> arguments, IDependencyValues dependencies, CancellationToken cancellation);

    /// <summary>A result as bytes, its buffers inside: for answers that travel in a message.</summary>
    /// <exception cref="NotSerializableException">The result cannot travel.</exception>
    public byte[] EncodeResult(object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new PayloadWriter(output);
        ResultCodec.WriteObject(ref writer, value);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Makes a decoded delegate callable.</summary>
    internal static TaskFunction For(string name, Delegate function, List<AmbientField> ambients)
    {
        var invoke = function.GetType().GetMethod("Invoke")!;
        var returned = invoke.ReturnType == typeof(void) ? typeof(Unit) : invoke.ReturnType;
        var form = typeof(CompiledFunction<>).MakeGenericType(returned);
        var arguments = new object[] { name, function, invoke, ambients };
        const BindingFlags Flags = BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions;
        return (TaskFunction)Activator.CreateInstance(form, Flags, null, arguments, null)!;
    }

    /// <summary>Fills captured ambient fields, until each has a value.</summary>
    private protected void FillAmbients()
    {
        if (_ambients is { } fields && Array.TrueForAll(fields, field => field.TryFill()))
        {
            _ambients = null;
        }
    }
}
