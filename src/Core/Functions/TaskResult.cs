namespace TaskGraph;

/// <summary>What a delegate's return type means to a task.</summary>
internal static class TaskResult
{
    /// <summary>The type of the value, and whether it has to be awaited.</summary>
    public static (Type Type, bool IsAsync) Of(Type returned)
    {
        if (returned == typeof(void))
        {
            return (typeof(Unit), false);
        }
        if (returned == typeof(Task) || returned == typeof(ValueTask))
        {
            return (typeof(Unit), true);
        }
        if (returned.IsGenericType
            && (returned.GetGenericTypeDefinition() is var definition)
            && (definition == typeof(Task<>) || definition == typeof(ValueTask<>)))
        {
            return (returned.GetGenericArguments()[0], true);
        }
        return (returned, false);
    }
}
