using System.Reflection;

namespace TaskGraph;

/// <summary>The instance fields of objects that travel field by field, and how to name them to people.</summary>
internal static class CapturedFields
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.DeclaredOnly;

    /// <summary>All fields of <paramref name="type"/> and its user bases.</summary>
    /// <exception cref="FunctionNotShippableException">
    /// A base class of the framework holds state of its own.
    /// </exception>
    public static List<FieldInfo> Of(Type type, string path)
    {
        var fields = new List<FieldInfo>();
        for (var t = type; t != typeof(object) && t != typeof(ValueType) && t is not null; t = t.BaseType)
        {
            var declared = t.GetFields(Declared);
            if (!UserTypes.IsUserCode(t) && declared.Length > 0)
            {
                throw new FunctionNotShippableException(path,
                    $"its class {type.Name} derives from {t.FullName}, whose private state cannot be read",
                    "Use a static method and pass the data as arguments");
            }
            fields.AddRange(declared);
        }
        return fields;
    }

    /// <summary>Whether the compiler caches a delegate in the field: it is made anew on the worker.</summary>
    public static bool IsDelegateCache(FieldInfo field) => field.Name.StartsWith("<>9", StringComparison.Ordinal);

    /// <summary>Whether the field holds the captured <c>this</c>.</summary>
    public static bool IsThis(FieldInfo field) => field.Name == "<>4__this";

    /// <summary>Where the path of a captured value begins.</summary>
    public static string RootPathOf(Delegate function)
    {
        return function.Target is { } target && !UserTypes.IsClosure(target.GetType()) ? "this" : "closure";
    }

    /// <summary>The path of a field as its programmer would write it.</summary>
    public static string PathOf(string owner, FieldInfo field)
    {
        var name = field.Name;
        if (name.StartsWith("CS$<>8__locals", StringComparison.Ordinal))
        {
            return owner; // an outer scope's closure: the programmer sees one
        }
        if (IsThis(field))
        {
            return owner + ".this";
        }
        return $"{owner}.{NameOf(field)}";
    }

    /// <summary>The field's name as its programmer would write it.</summary>
    public static string NameOf(FieldInfo field)
    {
        var name = field.Name;
        var end = name.IndexOf('>', StringComparison.Ordinal);
        if (name.StartsWith('<') && end > 1)
        {
            return name[1..end]; // <Count>k__BackingField, <i>5__2
        }
        // An iterator's own copy of a parameter.
        return name.StartsWith("<>3__", StringComparison.Ordinal) ? name[5..] : name;
    }
}
