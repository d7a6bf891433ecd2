using System.Reflection;
using System.Runtime.Serialization;

namespace TaskGraph;

/// <summary>Lists the public properties and fields of a type that its contract could hold.</summary>
internal static class ContractMembers
{
    private const int MaxOrder = 1023;
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    public static ContractMember[] Of(Type type, Func<Type, string, string, Exception> refuse, out bool asArray)
    {
        asArray = IsTuple(type);
        var members = new List<ContractMember>();
        var names = new HashSet<string>();
        var explicitly = type.IsDefined(typeof(DataContractAttribute), inherit: false);
        foreach (var member in Candidates(type))
        {
            var data = member.GetCustomAttribute<DataMemberAttribute>();
            if ((explicitly && data is null) || member.IsDefined(typeof(IgnoreDataMemberAttribute)))
                continue;
            var memberType = member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;
            if (!IsPublic(member))
            {
                if (explicitly)
                    throw refuse(memberType, "." + member.Name, "a [DataMember] must be public");
                continue;
            }

            // A member hidden by a derived one of the same name is not part of the type's face.
            if (!names.Add(member.Name))
                continue;
            var name = explicitly && data!.IsNameSetExplicitly ? data.Name! : member.Name;
            members.Add(new ContractMember(name, explicitly ? data!.Order : -1, member, memberType));
        }

        if (!explicitly || !members.Exists(m => m.Key >= 0))
            return [.. members];
        asArray = true;
        members.Sort((a, b) => a.Key.CompareTo(b.Key));
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Key is < 0 or > MaxOrder || (i > 0 && members[i].Key == members[i - 1].Key))
            {
                throw refuse(members[i].Type, "." + members[i].Member.Name,
                    $"its [DataMember] needs an Order of its own, from 0 to {MaxOrder}, since other members have one");
            }
        }

        return [.. members];
    }

    private static IEnumerable<MemberInfo> Candidates(Type type)
    {
        foreach (var property in type.GetProperties(Any))
        {
            if (property.GetMethod is not null && property.GetIndexParameters().Length == 0)
                yield return Declared(property);
        }

        foreach (var field in type.GetFields(Any))
        {
            // Backing fields are seen as their properties; a closure's captured "this" is public.
            if (field.IsPublic || !field.Name.StartsWith('<'))
                yield return field;
        }
    }

    /// <summary>
    /// A base type's property as its own type shows it: reflection hides a private setter from derived types.
    /// </summary>
    private static PropertyInfo Declared(PropertyInfo property) => property.ReflectedType == property.DeclaringType
        ? property
        : property.DeclaringType!.GetProperty(
            property.Name, Any | BindingFlags.DeclaredOnly, null, property.PropertyType, [], null)!;

    private static bool IsPublic(MemberInfo member) =>
        member is PropertyInfo property ? property.GetMethod!.IsPublic : ((FieldInfo)member).IsPublic;

    private static bool IsTuple(Type type) =>
        type.IsGenericType && type.Assembly == typeof(object).Assembly
        && (type.IsAssignableTo(typeof(System.Runtime.CompilerServices.ITuple))
            || type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));
}
