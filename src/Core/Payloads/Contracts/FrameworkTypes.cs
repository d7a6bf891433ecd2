namespace TaskGraph;

/// <summary>Types that come with .NET: their public properties need not be their whole state.</summary>
internal static class FrameworkTypes
{
    public const string Reason = "it is a framework type that TaskGraph does not know; send the data in it instead";

    public static bool Contain(Type type)
    {
        var name = type.Assembly.GetName().Name!;
        return name.StartsWith("System.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.", StringComparison.Ordinal)
            || name is "System" or "mscorlib" or "netstandard";
    }
}
