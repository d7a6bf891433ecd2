using System.Reflection;
using System.Runtime.CompilerServices;

namespace TaskGraph;

/// <summary>What kind of type the compiler or the user made.</summary>
internal static class UserTypes
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Whether the type's code travels: it is neither the runtime's nor the worker's own.</summary>
    public static bool IsUserCode(Type type) => !SharedFramework.Owns(type.Assembly);

    /// <summary>
    /// A closure class: <c>&lt;&gt;c__DisplayClass…</c>, or <c>&lt;&gt;c</c> of lambdas that capture nothing.
    /// </summary>
    public static bool IsClosure(Type type)
    {
        return type.Name.StartsWith("<>c", StringComparison.Ordinal) && IsCompilerGenerated(type);
    }

    /// <summary>An iterator of a user method: <c>&lt;Numbers&gt;d__3</c>.</summary>
    public static bool IsIterator(Type type)
    {
        return type.Name.Contains(">d", StringComparison.Ordinal) && IsCompilerGenerated(type) && IsUserCode(type);
    }

    /// <summary>Whether the compiler made the type, or the type it is nested in.</summary>
    public static bool IsCompilerGenerated(Type type)
    {
        for (var t = type; t is not null; t = t.DeclaringType)
        {
            if (t.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>All methods and constructors that the type itself declares.</summary>
    public static IEnumerable<MethodBase> DeclaredMethods(Type type)
    {
        return [.. type.GetMethods(Declared), .. type.GetConstructors(Declared)];
    }

    /// <summary>
    /// The virtual methods of a user type and its user bases: what can be called without being named.
    /// </summary>
    public static IEnumerable<MethodBase> VirtualMethods(Type type)
    {
        for (var t = type; t is not null && IsUserCode(t); t = t.BaseType)
        {
            foreach (var method in t.GetMethods(Declared))
            {
                if (method.IsVirtual)
                {
                    yield return method;
                }
            }
        }
    }

    /// <summary>
    /// Whether a value of <paramref name="type"/> can pass as <paramref name="parameter"/>, by definitions.
    /// </summary>
    public static bool CanPassAs(Type type, Type parameter)
    {
        if (parameter.IsGenericParameter)
        {
            return true;
        }
        var wanted = Definition(parameter);
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (Definition(t) == wanted)
            {
                return true;
            }
        }
        foreach (var implemented in type.GetInterfaces())
        {
            if (Definition(implemented) == wanted)
            {
                return true;
            }
        }
        return false;
    }

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;
}
