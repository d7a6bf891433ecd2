using System.Reflection;

namespace TaskGraph;

/// <summary>The short name of a function, for keys and progress displays.</summary>
internal static class FunctionName
{
    /// <summary>The method's name; a local function's own; <c>lambda</c>.</summary>
    public static string Of(MethodInfo method)
    {
        var name = method.Name;
        var local = name.IndexOf(">g__", StringComparison.Ordinal);
        if (local >= 0)
        {
            var end = name.IndexOf('|', local);
            return end < 0 ? name[(local + 4)..] : name[(local + 4)..end];
        }
        return name.Contains(">b__", StringComparison.Ordinal) ? "lambda" : name;
    }
}
