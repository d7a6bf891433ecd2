using System.Reflection;
using System.Runtime.Serialization;

namespace TaskGraph;

/// <summary>Decides a type's contract: its members, and the constructor that takes most of them.</summary>
internal static class ContractShape
{
    /// <param name="type">The type.</param>
    /// <param name="mayBeEmpty">Whether it may have no members, as a declared case of a union may.</param>
    /// <param name="refuse">Makes the error from the type at fault, the path's next step, and the reason.</param>
    public static Contract Of(Type type, bool mayBeEmpty, Func<Type, string, string, Exception> refuse)
    {
        var candidates = ContractMembers.Of(type, refuse, out var asArray);
        if (type.GetGenericArguments().Length > 0 && asArray)
            candidates = InTupleOrder(type, candidates);
        var (constructor, arguments) = BestConstructor(type, candidates)
            ?? throw refuse(type, "", "it has no public constructor whose parameters are named like its properties; "
                + "add one, or a parameterless constructor and settable properties, or a [PayloadCodec]");

        var members = new List<ContractMember>();
        var kept = new int[candidates.Length];
        for (var i = 0; i < candidates.Length; i++)
        {
            kept[i] = members.Count;
            var member = candidates[i];
            if (member.IsSettable || Array.IndexOf(arguments, i) >= 0)
                members.Add(member);
            else if (member.HoldsState || member.Key >= 0)
            {
                throw refuse(member.Type, "." + member.Member.Name, "it could not be set on arrival; "
                    + "give it a setter or init, a constructor parameter of its name, or [IgnoreDataMember]");
            }
        }

        if (FrameworkTypes.Contain(type) && !asArray && !IsWhole(type, members.Count))
            throw refuse(type, "", FrameworkTypes.Reason);
        if (members.Count == 0 && !mayBeEmpty && !type.IsDefined(typeof(DataContractAttribute), inherit: false))
            throw refuse(type, "", "it has no public properties or fields to send; add some, or a [PayloadCodec]");
        return new Contract(type, asArray, [.. members], constructor, Array.ConvertAll(arguments, a => kept[a]));
    }

    private static (ConstructorInfo? Constructor, int[] Arguments)? BestConstructor(Type type, ContractMember[] members)
    {
        (ConstructorInfo? Constructor, int[] Arguments)? best = type.IsValueType ? (null, []) : null;
        var bestCovered = best is null ? -1 : members.Count(m => m.IsSettable);
        foreach (var constructor in type.GetConstructors())
        {
            var arguments = Array.ConvertAll(constructor.GetParameters(), p => IndexOf(members, p));
            if (Array.IndexOf(arguments, -1) >= 0)
                continue;
            var covered = 0;
            for (var i = 0; i < members.Length; i++)
                covered += members[i].IsSettable || Array.IndexOf(arguments, i) >= 0 ? 1 : 0;
            var fewerArguments = covered == bestCovered && arguments.Length < best!.Value.Arguments.Length;
            if (covered <= bestCovered && !fewerArguments)
                continue;
            best = (constructor, arguments);
            bestCovered = covered;
        }

        return best;
    }

    private static int IndexOf(ContractMember[] members, ParameterInfo parameter)
    {
        var exact = Array.FindIndex(members, m => m.Member.Name == parameter.Name);
        var index = exact >= 0 ? exact
            : Array.FindIndex(members, m => m.Member.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase));
        return index >= 0 && parameter.ParameterType.IsAssignableFrom(members[index].Type) ? index : -1;
    }

    /// <summary>Item1 to Item7 and Rest, or Key and Value: keyed by their place.</summary>
    private static ContractMember[] InTupleOrder(Type type, ContractMember[] members)
    {
        if (Array.Exists(members, m => m.Key >= 0))
            return members;
        var inOrder = members.OrderBy(m => m.Name, StringComparer.Ordinal).Take(type.GetGenericArguments().Length);
        return [.. inOrder.Select((member, index) => member with { Key = index })];
    }

    /// <summary>A struct whose fields are as many as its members, as Vector3 and Complex, hides nothing.</summary>
    private static bool IsWhole(Type type, int memberCount) =>
        type.IsValueType && memberCount > 0
        && type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length == memberCount;
}
