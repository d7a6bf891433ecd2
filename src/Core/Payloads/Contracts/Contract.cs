using System.Reflection;

namespace TaskGraph;

/// <summary>What of an object travels, and how it is made again: MessagePack-CSharp's contract shape.</summary>
/// <param name="Type">The object's type.</param>
/// <param name="AsArray">Members stand in an array by their keys; otherwise in a map by their names.</param>
/// <param name="Members">The members, by key or in order of declaration.</param>
/// <param name="Constructor">The constructor; null for a struct made without one.</param>
/// <param name="Arguments">For each of its parameters, the index of the member it takes.</param>
internal sealed record Contract(
    Type Type, bool AsArray, ContractMember[] Members, ConstructorInfo? Constructor, int[] Arguments)
{
    /// <summary>Whether a member is set after construction instead of passed to the constructor.</summary>
    public bool IsAssigned(int member) => Array.IndexOf(Arguments, member) < 0;
}
