using System.Linq.Expressions;
using System.Reflection;

namespace TaskGraph;

/// <summary>
/// Calls a delegate through code that is compiled once for each function: decode every argument, call, return.
/// </summary>
/// <typeparam name="TReturn">The delegate's return type; <see cref="Unit"/> for void.</typeparam>
internal sealed class CompiledFunction<TReturn> : TaskFunction
{
    private readonly Func<ArgumentReader, TReturn> _call;
    private readonly TaskAwaiting<TReturn>? _awaiting;

    public CompiledFunction(string name, Delegate function, MethodInfo invoke, List<AmbientField> ambients)
        : base(name, invoke, ambients)
    {
        _call = Compile(name, function, invoke);
        _awaiting = IsAsync ? TaskAwaiting<TReturn>.Create() : null;
    }

    public override object? Invoke(
        ReadOnlyMemory<byte> arguments, IDependencyValues dependencies, CancellationToken cancellation)
    {
        if (_awaiting is not null)
        {
            throw new InvalidOperationException($"{Name} is asynchronous: call InvokeAsync.");
        }
        FillAmbients();
        return _call(new ArgumentReader(arguments, dependencies, cancellation));
    }

    public override ValueTask<object?> InvokeAsync(
        ReadOnlyMemory<byte> arguments, IDependencyValues dependencies, CancellationToken cancellation)
    {
        FillAmbients();
        var returned = _call(new ArgumentReader(arguments, dependencies, cancellation));
        return _awaiting is null ? new ValueTask<object?>(returned) : _awaiting.Await(returned);
    }

    /// <summary>reader => { a = reader.Next(p0); b = reader.Next(p1); …; reader.End(); return function(a, b, …); }</summary>
    private static Func<ArgumentReader, TReturn> Compile(string name, Delegate function, MethodInfo invoke)
    {
        var reader = Expression.Parameter(typeof(ArgumentReader), "reader");
        var body = new List<Expression>();
        var values = new List<ParameterExpression>();
        var parameters = invoke.GetParameters();
        // The method's own names say more than Func's; one closed over its first argument has a parameter more.
        var named = function.Method.GetParameters().AsSpan()[^parameters.Length..];
        for (var i = 0; i < parameters.Length; i++)
        {
            var parameter = parameters[i];
            var value = Expression.Variable(parameter.ParameterType);
            var description = Activator.CreateInstance(
                typeof(Parameter<>).MakeGenericType(parameter.ParameterType), name, named[i].Name ?? "?");
            values.Add(value);
            body.Add(Expression.Assign(value, Expression.Call(reader, nameof(ArgumentReader.Next),
                [parameter.ParameterType], Expression.Constant(description))));
        }
        body.Add(Expression.Call(reader, nameof(ArgumentReader.End), null));
        body.Add(Expression.Invoke(Expression.Constant(function), values));
        if (invoke.ReturnType == typeof(void))
        {
            body.Add(Expression.Constant(null, typeof(TReturn)));
        }
        return Expression.Lambda<Func<ArgumentReader, TReturn>>(Expression.Block(values, body), reader).Compile();
    }
}
