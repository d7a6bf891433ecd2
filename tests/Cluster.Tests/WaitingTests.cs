using System.Reflection;

namespace TaskGraph.Tests;

/// <summary>Nobody has to wait for ever.</summary>
public sealed class WaitingTests
{
    /// <summary>Closing has limits of its own; awaiting a future is <c>ResultAsync</c>, which takes both.</summary>
    private static readonly string[] s_exempt = ["DisposeAsync", "CloseAsync", "GetAwaiter"];

    [Fact]
    public void Every_awaiting_call_takes_a_time_limit_or_a_token()
    {
        Assembly[] assemblies = [typeof(TaskContext).Assembly, typeof(Client).Assembly, typeof(LocalCluster).Assembly];
        var calls = assemblies.SelectMany(static assembly => assembly.GetExportedTypes())
            .Where(static type => !type.IsSubclassOf(typeof(Delegate)))
            .SelectMany(static type => type.GetMethods(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(static method => IsAwaited(method.ReturnType) && !s_exempt.Contains(method.Name))
            .ToArray();

        Assert.True(calls.Length > 80, $"only {calls.Length} calls were found");
        var endless = calls.Where(static method => !Array.Exists(method.GetParameters(), IsLimit))
            .Select(static method => $"{method.DeclaringType!.Name}.{method.Name}");
        Assert.Empty(endless);
    }

    internal static bool IsAwaited(Type type) =>
        typeof(Task).IsAssignableFrom(type)
        || (type.IsGenericType && type.GetGenericTypeDefinition() is var open
            && (open == typeof(ValueTask<>) || open == typeof(IAsyncEnumerable<>) || open == typeof(IAsyncEnumerator<>)))
        || type == typeof(ValueTask);

    private static bool IsLimit(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(CancellationToken)
        || parameter.ParameterType == typeof(TimeSpan) || parameter.ParameterType == typeof(TimeSpan?);
}
