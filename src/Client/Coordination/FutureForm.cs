using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>One future.</summary>
internal sealed class FutureForm<R> : SharedForm<Future<R>>
{
    public override bool IsFutures => true;

    public override object? Write(Client client, Future<R> value, CoordinationCall call)
    {
        FutureArrayForm<R>.Add(client, value, call);
        return value;
    }

    public override Future<R> Read(ReadOnlyMemory<byte> bytes, FutureHandle? futures, int start, int end)
        => futures is not null && end == start + 1
            ? new Future<R>(futures, start)
            : throw new InvalidCastException(
                $"{end - start} futures were put in where one was to be taken out. A plain value is taken out as its "
                + "own type, several futures as Future<…>[].");
}

/// <summary>Several futures.</summary>
internal sealed class FutureArrayForm<R> : SharedForm<Future<R>[]>
{
    public override bool IsFutures => true;

    public static void Add(Client client, Future<R> value, CoordinationCall call)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!ReferenceEquals(value.Client, client))
            throw new ArgumentException("The future is another client's. Put it through the client that holds it.");
        call.Tasks.Add(value.Id);
    }

    public override object? Write(Client client, Future<R>[] value, CoordinationCall call)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length == 0)
            throw new ArgumentException("There are no futures in the array.", nameof(value));
        foreach (var future in value)
            Add(client, future, call);
        return value;
    }

    public override Future<R>[] Read(ReadOnlyMemory<byte> bytes, FutureHandle? futures, int start, int end)
    {
        if (futures is null || start == end)
            throw new InvalidCastException("A plain value was put in: take it out as its own type, not as futures.");
        var all = new Future<R>[end - start];
        for (var i = 0; i < all.Length; i++)
            all[i] = new Future<R>(futures, start + i);
        return all;
    }
}
