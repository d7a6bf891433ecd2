namespace TaskGraph;

internal static class Comparers
{
    /// <summary>
    /// A set or dictionary that compares otherwise would change its meaning on arrival: it is refused.
    /// </summary>
    public static void RequireDefault<T>(ref PayloadWriter writer, Type type, IEqualityComparer<T> comparer)
    {
        if (Equals(comparer, EqualityComparer<T>.Default) || ReferenceEquals(comparer, StringComparer.Ordinal))
            return;
        throw writer.Refuse(type, "it has a comparer of its own, which does not travel; "
            + "send it with the default comparer and choose yours on arrival");
    }
}
