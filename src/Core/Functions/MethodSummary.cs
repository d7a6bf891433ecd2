using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace TaskGraph;

/// <summary>What the IL of one user method touches, itself, without what it calls.</summary>
internal sealed class MethodSummary
{
    private static readonly ConcurrentDictionary<MemberKey, MethodSummary> s_known = new();

    /// <summary>Instance fields that are read, or whose address is taken.</summary>
    public List<FieldInfo> Reads { get; } = [];

    /// <summary>Static fields that are read or written.</summary>
    public List<FieldInfo> Statics { get; } = [];

    /// <summary>Methods that are called, constructed with, or made into delegates.</summary>
    public List<MethodBase> Calls { get; } = [];

    /// <summary>The summary of <paramref name="method"/>; empty for one without a body.</summary>
    public static MethodSummary Of(MethodBase method)
    {
        return s_known.GetOrAdd(MemberKey.Of(method), static (_, m) => Scan(m), method);
    }

    private static MethodSummary Scan(MethodBase method)
    {
        var summary = new MethodSummary();
        if (method.GetCustomAttribute<StateMachineAttribute>() is { } machine)
        {
            // async and iterator methods only build the machine; the user's code is in its methods.
            summary.Calls.AddRange(UserTypes.DeclaredMethods(machine.StateMachineType));
        }
        if (BodyOf(method) is not { } il)
        {
            return summary;
        }
        var typeArguments = method.DeclaringType is { IsGenericType: true } t ? t.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var reader = new IlReader(il);
        while (reader.Read())
        {
            if (reader.Token == 0)
            {
                continue;
            }
            try
            {
                summary.Add(reader.OpCode, method.Module, reader.Token, typeArguments, methodArguments);
            }
            catch (Exception e) when (IsNotDeployed(e))
            {
                // It refers to an assembly that is not there: no process could run this instruction.
            }
        }
        return summary;
    }

    private static byte[]? BodyOf(MethodBase method)
    {
        try
        {
            return method.GetMethodBody()?.GetILAsByteArray();
        }
        catch (Exception e) when (IsNotDeployed(e))
        {
            return null; // a local variable's type is not there
        }
    }

    private static bool IsNotDeployed(Exception e)
    {
        return e is FileNotFoundException or FileLoadException or BadImageFormatException or TypeLoadException
            or MissingMemberException;
    }

    private void Add(OpCode code, Module module, int token, Type[]? typeArguments, Type[]? methodArguments)
    {
        if (code.OperandType == OperandType.InlineMethod)
        {
            if (module.ResolveMethod(token, typeArguments, methodArguments) is { } called)
            {
                _ = called.GetParameters(); // fails here, where it is expected, if a type of its signature is missing
                Calls.Add(called);
            }
        }
        else if (code == OpCodes.Ldfld || code == OpCodes.Ldflda)
        {
            Reads.Add(module.ResolveField(token, typeArguments, methodArguments)!);
        }
        else if (code == OpCodes.Ldsfld || code == OpCodes.Ldsflda || code == OpCodes.Stsfld)
        {
            Statics.Add(module.ResolveField(token, typeArguments, methodArguments)!);
        }
    }
}
