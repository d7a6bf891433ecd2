using System.Reflection.Emit;

namespace TaskGraph;

/// <summary>Refuses the delegates that have no single method in a compiled assembly.</summary>
internal static class ShippableDelegate
{
    /// <exception cref="FunctionNotShippableException">The delegate cannot travel.</exception>
    public static void Require(Delegate function, string path)
    {
        if (!function.HasSingleTarget)
        {
            throw new FunctionNotShippableException(path, "it is a multicast delegate, with several methods to call",
                "Submit one method, or a lambda that calls the others");
        }
        var method = function.Method;
        if (method is DynamicMethod || method.DeclaringType is null || method.DeclaringType.Assembly.IsDynamic
            || method.DeclaringType.Assembly == typeof(System.Linq.Expressions.Expression).Assembly)
        {
            throw new FunctionNotShippableException(path,
                "it was made at run time (a compiled expression or a dynamic method) and has no code in any assembly",
                "Pass a lambda or a method");
        }
    }
}
