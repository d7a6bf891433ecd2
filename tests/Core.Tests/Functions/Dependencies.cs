namespace TaskGraph.Tests.Functions;

/// <summary>Dependency values of a test, already decoded.</summary>
internal sealed class Dependencies(params object?[] values) : IDependencyValues
{
    public static Dependencies None { get; } = new();

    public List<PayloadCodec> Codecs { get; } = [];

    public object? Get(int ordinal, PayloadCodec codec)
    {
        Codecs.Add(codec);
        return values[ordinal];
    }
}
