using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace TaskGraph;

/// <summary>
/// Calls a delegate through code that is compiled once for each delegate type: decode every argument, call, return.
/// </summary>
/// <typeparam name="TReturn">The delegate's return type; <see cref="Unit"/> for void.</typeparam>
internal sealed class CompiledFunction<TReturn> : TaskFunction
{
    private static readonly ConcurrentDictionary<Type, Call> s_calls = new();

    private readonly Delegate _function;
    private readonly object[] _parameters;
    private readonly Call _call;
    private readonly TaskAwaiting<TReturn>? _awaiting;

    public CompiledFunction(string name, Delegate function, MethodInfo invoke, List<AmbientField> ambients)
        : base(name, invoke, ambients)
    {
        _function = function;
        _parameters = Describe(name, function, invoke.GetParameters());
        _call = s_calls.GetOrAdd(function.GetType(), static (_, method) => Compile(method), invoke);
        _awaiting = IsAsync ? TaskAwaiting<TReturn>.Create() : null;
    }

    private delegate TReturn Call(Delegate function, object[] parameters, ArgumentReader reader);

    public override object? Invoke(
        ReadOnlyMemory<byte> arguments, IDependencyValues dependencies, CancellationToken cancellation)
    {
        if (_awaiting is not null)
        {
            throw new InvalidOperationException($"{Name} is asynchronous: call InvokeAsync.");
        }
        FillAmbients();
        return _call(_function, _parameters, new ArgumentReader(arguments, dependencies, cancellation));
    }

    public override ValueTask<object?> InvokeAsync(
        ReadOnlyMemory<byte> arguments, IDependencyValues dependencies, CancellationToken cancellation)
    {
        FillAmbients();
        var returned = _call(_function, _parameters, new ArgumentReader(arguments, dependencies, cancellation));
        return _awaiting is null ? new ValueTask<object?>(returned) : _awaiting.Await(returned);
    }

    private static object[] Describe(string name, Delegate function, ParameterInfo[] parameters)
    {
        // The method's own names say more than Func's; one closed over its first argument has a parameter more.
        var named = function.Method.GetParameters().AsSpan()[^parameters.Length..];
        var described = new object[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var form = typeof(Parameter<>).MakeGenericType(parameters[i].ParameterType);
            described[i] = Activator.CreateInstance(form, name, named[i].Name ?? "?")!;
        }
        return described;
    }

    /// <summary>
    /// (function, parameters, reader) =>
    /// { a = reader.Next(parameters[0]); b = reader.Next(parameters[1]); …; reader.End(); return function(a, b); }
    /// </summary>
    private static Call Compile(MethodInfo invoke)
    {
        var function = Expression.Parameter(typeof(Delegate), "function");
        var parameters = Expression.Parameter(typeof(object[]), "parameters");
        var reader = Expression.Parameter(typeof(ArgumentReader), "reader");
        var body = new List<Expression>();
        var values = new List<ParameterExpression>();
        foreach (var parameter in invoke.GetParameters())
        {
            var value = Expression.Variable(parameter.ParameterType);
            var description = Expression.Convert(
                Expression.ArrayIndex(parameters, Expression.Constant(values.Count)),
                typeof(Parameter<>).MakeGenericType(parameter.ParameterType));
            values.Add(value);
            body.Add(Expression.Assign(value, Expression.Call(
                reader, nameof(ArgumentReader.Next), [parameter.ParameterType], description)));
        }
        body.Add(Expression.Call(reader, nameof(ArgumentReader.End), null));
        body.Add(Expression.Call(Expression.Convert(function, invoke.DeclaringType!), invoke, values));
        if (invoke.ReturnType == typeof(void))
        {
            body.Add(Expression.Constant(null, typeof(TReturn)));
        }
        return Expression.Lambda<Call>(Expression.Block(values, body), function, parameters, reader).Compile();
    }
}
