using System.Linq.Expressions;
using System.Reflection;

namespace TaskGraph;

/// <summary>Reads <paramref name="count"/> members, whose header has been read, and makes the object.</summary>
internal delegate T ReadContract<T>(ref PayloadReader reader, byte[][] names, int count);

/// <summary>
/// Compiles a contract into the code one would write by hand: no boxing, no reflection, a switch over the members.
/// </summary>
internal static class ContractCompiler
{
    private static readonly ParameterExpression s_writer =
        Expression.Parameter(typeof(PayloadWriter).MakeByRefType(), "writer");

    private static readonly ParameterExpression s_reader =
        Expression.Parameter(typeof(PayloadReader).MakeByRefType(), "reader");

    public static WriteScalar<T> Writer<T>(Contract contract, PayloadCodec[] codecs)
    {
        var value = Expression.Parameter(typeof(T), "value");
        var body = new List<Expression>();
        var layout = ContractLayout.Of(contract);
        for (var i = 0; i < codecs.Length; i++)
        {
            body.Add(Call(nameof(ContractSteps.WriteRaw), s_writer, Expression.Constant(layout[i])));
            body.Add(Expression.Call(
                TypedCodec(codecs[i]), Method(codecs[i], "Write"), s_writer, Access(value, contract.Members[i])));
        }

        if (codecs.Length == 0)
            body.Add(Call(nameof(ContractSteps.WriteRaw), s_writer, Expression.Constant(layout[0])));
        return Expression.Lambda<WriteScalar<T>>(Expression.Block(typeof(void), body), s_writer, value).Compile();
    }

    public static ReadContract<T> Reader<T>(Contract contract, PayloadCodec[] codecs)
    {
        var names = Expression.Parameter(typeof(byte[][]), "names");
        var count = Expression.Parameter(typeof(int), "count");
        var position = Expression.Variable(typeof(int), "position");
        var index = Expression.Variable(typeof(int), "index");
        var locals = Array.ConvertAll(contract.Members, m => Expression.Variable(m.Type, m.Member.Name));
        var cases = new SwitchCase[codecs.Length];
        for (var i = 0; i < codecs.Length; i++)
        {
            var read = Expression.Call(TypedCodec(codecs[i]), Method(codecs[i], "Read"), s_reader);
            cases[i] = Expression.SwitchCase(
                Expression.Block(typeof(void), Expression.Assign(locals[i], read)),
                Expression.Constant(contract.AsArray ? contract.Members[i].Key : i));
        }

        var skip = Call(nameof(ContractSteps.Skip), s_reader);
        var select = cases.Length == 0 ? (Expression)skip : Expression.Switch(index, skip, cases);
        var done = Expression.Label("done");
        var next = contract.AsArray
            ? (Expression)position
            : Call(nameof(ContractSteps.ReadName), s_reader, names, position);
        var loop = Expression.Loop(
            Expression.Block(
                Expression.IfThen(Expression.GreaterThanOrEqual(position, count), Expression.Break(done)),
                Expression.Assign(index, next),
                select,
                Expression.PreIncrementAssign(position)),
            done);
        var body = Expression.Block(
            [position, index, .. locals],
            [Expression.Assign(position, Expression.Constant(0)), loop, Make(contract, locals)]);
        return Expression.Lambda<ReadContract<T>>(body, s_reader, names, count).Compile();
    }

    public static Func<T, long> Measure<T>(Contract contract, PayloadCodec[] codecs)
    {
        var value = Expression.Parameter(typeof(T), "value");
        Expression sum = Expression.Constant(typeof(T).IsValueType ? 0L : 16L);
        for (var i = 0; i < codecs.Length; i++)
        {
            var measured = Expression.Call(
                TypedCodec(codecs[i]), Method(codecs[i], "Measure"), Access(value, contract.Members[i]));
            var slot = contract.Members[i].Type.IsValueType ? 0L : 8L;
            sum = Expression.Add(sum, slot == 0 ? measured : Expression.Add(measured, Expression.Constant(slot)));
        }

        return Expression.Lambda<Func<T, long>>(sum, value).Compile();
    }

    private static BlockExpression Make(Contract contract, ParameterExpression[] locals)
    {
        var result = Expression.Variable(contract.Type, "result");
        var steps = new List<Expression>();
        Expression made = contract.Constructor is null
            ? Expression.Default(contract.Type)
            : Expression.New(contract.Constructor, Arguments(contract, locals));
        steps.Add(Expression.Assign(result, made));
        for (var i = 0; i < locals.Length; i++)
        {
            if (contract.IsAssigned(i))
                steps.Add(Expression.Assign(Access(result, contract.Members[i]), locals[i]));
        }

        steps.Add(result);
        return Expression.Block([result], steps);
    }

    private static Expression[] Arguments(Contract contract, ParameterExpression[] locals)
    {
        var parameters = contract.Constructor!.GetParameters();
        var arguments = new Expression[parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            Expression local = locals[contract.Arguments[i]];
            arguments[i] = local.Type == parameters[i].ParameterType
                ? local : Expression.Convert(local, parameters[i].ParameterType);
        }

        return arguments;
    }

    private static MemberExpression Access(Expression instance, ContractMember member) =>
        Expression.MakeMemberAccess(instance, member.Member);

    private static ConstantExpression TypedCodec(PayloadCodec codec) =>
        Expression.Constant(codec, typeof(PayloadCodec<>).MakeGenericType(codec.ValueType));

    private static MethodInfo Method(PayloadCodec codec, string name) =>
        typeof(PayloadCodec<>).MakeGenericType(codec.ValueType).GetMethod(name)!;

    private static MethodCallExpression Call(string step, params Expression[] arguments) =>
        Expression.Call(typeof(ContractSteps).GetMethod(step)!, arguments);
}
