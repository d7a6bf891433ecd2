using System.Reflection;

namespace TaskGraph;

/// <summary>A member by its definition: all instantiations of a generic member are one.</summary>
internal readonly record struct MemberKey(Module Module, int Token)
{
    public static MemberKey Of(MemberInfo member) => new(member.Module, member.MetadataToken);
}
