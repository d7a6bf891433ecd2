namespace TaskGraph;

/// <summary>Names types in messages as C# writes them: <c>Dictionary&lt;String, Order[]&gt;</c>.</summary>
internal static class TypeName
{
    public static string Of(Type type)
    {
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Of(underlying) + "?";
        var name = type.Name.StartsWith("<>f__AnonymousType", StringComparison.Ordinal) ? "anonymous type" : type.Name;
        var tick = name.IndexOf('`');
        if (tick < 0)
            return name;
        var arguments = string.Join(", ", type.GetGenericArguments().Select(Of));
        return $"{name[..tick]}<{arguments}>";
    }
}
