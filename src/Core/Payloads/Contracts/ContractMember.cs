using System.Reflection;

namespace TaskGraph;

/// <summary>One property or field of a contract.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Key">Its place in an array contract.</param>
/// <param name="Member">The property or field.</param>
/// <param name="Type">Its type.</param>
internal sealed record ContractMember(string Name, int Key, MemberInfo Member, Type Type)
{
    /// <summary>Whether it can be set once its object is made.</summary>
    public bool IsSettable => Member switch
    {
        PropertyInfo property => property.SetMethod is not null,
        _ => !((FieldInfo)Member).IsInitOnly,
    };

    /// <summary>Whether it holds state of its own, as a field or an automatic property does.</summary>
    public bool HoldsState => Member is FieldInfo || Member.DeclaringType!.GetField(
        $"<{Member.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic) is not null;

    public object? GetValue(object instance) => Member switch
    {
        PropertyInfo property => property.GetValue(instance),
        _ => ((FieldInfo)Member).GetValue(instance),
    };
}
