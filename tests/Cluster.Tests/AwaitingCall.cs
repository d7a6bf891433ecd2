using System.Linq.Expressions;
using System.Reflection;

namespace TaskGraph.Tests;

/// <summary>A call that waits.</summary>
/// <param name="Tree">The call; its outermost method is the one that is meant.</param>
/// <param name="EndsWithoutScheduler">Whether it ends well while the scheduler merely says nothing.</param>
/// <param name="After">What it throws when the scheduler is gone already; void = nothing.</param>
internal sealed record AwaitingCall(
    Expression<Func<LostScheduler, object>> Tree, bool EndsWithoutScheduler = false, Type? After = null)
{
    private static readonly MethodInfo s_readAll = typeof(AwaitingCall).GetMethod(
        nameof(ReadAllAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>The method, as reflection finds it.</summary>
    public MethodInfo Method => ((MethodCallExpression)(Tree.Body is UnaryExpression boxed ? boxed.Operand : Tree.Body)).Method;

    /// <summary>Makes the call; completes with what it threw or returned as an exception, null if with neither.</summary>
    public async Task<Exception?> EndAsync(LostScheduler held)
    {
        try
        {
            var awaited = Tree.Compile()(held);
            if (awaited is not Task task)
            {
                var element = awaited.GetType().GetInterfaces().First(static one => one.IsGenericType
                    && one.GetGenericTypeDefinition() is var open
                    && (open == typeof(IAsyncEnumerator<>) || open == typeof(IAsyncEnumerable<>)));
                var isEnumerator = element.GetGenericTypeDefinition() == typeof(IAsyncEnumerator<>);
                task = (Task)s_readAll.MakeGenericMethod(element.GetGenericArguments())
                    .Invoke(null, isEnumerator ? [null, awaited] : [awaited, null])!;
            }

            await task;
            return task is Task<Exception?> told ? await told : null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    public override string ToString()
        => $"{Method.DeclaringType!.Name}.{Method.Name}({string.Join(", ", Method.GetParameters().Select(static one => one.Name))})";

    private static async Task ReadAllAsync<T>(IAsyncEnumerable<T>? all, IAsyncEnumerator<T>? each)
    {
        await using var items = each ?? all!.GetAsyncEnumerator();
        while (await items.MoveNextAsync())
        {
            // Only how it ends matters.
        }
    }
}
