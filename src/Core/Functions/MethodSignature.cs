using System.Reflection;
using System.Text;

namespace TaskGraph;

/// <summary>
/// A framework method's signature as text. Tokens of the framework move between patch releases; names and signatures
/// do not.
/// </summary>
internal static class MethodSignature
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The parameter and return types of a method's definition: <c>(System.Double)System.Double</c>.</summary>
    public static string Of(MethodInfo method)
    {
        var text = new StringBuilder("(");
        foreach (var parameter in method.GetParameters())
        {
            Append(text, parameter.ParameterType);
            text.Append(',');
        }
        text.Append(')');
        Append(text, method.ReturnType);
        return text.ToString();
    }

    /// <summary>The definition: open in the declaring type's and in the method's own parameters.</summary>
    public static MethodInfo DefinitionOf(MethodInfo method)
    {
        var open = method.IsGenericMethod ? method.GetGenericMethodDefinition() : method;
        return open.DeclaringType is { IsConstructedGenericType: true } type
            ? (MethodInfo)type.GetGenericTypeDefinition().GetMemberWithSameMetadataDefinitionAs(open)
            : open;
    }

    /// <summary>
    /// The method of <paramref name="definition"/> with that name, signature and generic arity, or null.
    /// </summary>
    public static MethodInfo? Find(Type definition, string name, string signature, int arity)
    {
        foreach (var method in definition.GetMethods(Declared))
        {
            if (method.Name == name && method.GetGenericArguments().Length == arity && Of(method) == signature)
            {
                return method;
            }
        }
        return null;
    }

    private static void Append(StringBuilder text, Type type)
    {
        if (type.IsGenericParameter)
        {
            text.Append(type.DeclaringMethod is null ? "!" : "!!").Append(type.GenericParameterPosition);
        }
        else if (type.HasElementType)
        {
            Append(text, type.GetElementType()!);
            text.Append(type.IsByRef ? "&" : type.IsPointer ? "*" : $"[{type.GetArrayRank()}]");
        }
        else if (type.IsGenericType)
        {
            text.Append(type.GetGenericTypeDefinition().FullName).Append('<');
            foreach (var argument in type.GetGenericArguments())
            {
                Append(text, argument);
                text.Append(',');
            }
            text.Append('>');
        }
        else
        {
            text.Append(type.FullName ?? type.Name);
        }
    }
}
