using System.Buffers;

namespace TaskGraph;

/// <summary>The encoded arguments of an actor's methods: the actor itself, then what else there is.</summary>
internal static class ActorArguments
{
    /// <summary>The actor alone.</summary>
    public static byte[] None { get; } = Encode(static (ref ArgumentWriter _) => { });

    private delegate void Rest(ref ArgumentWriter writer);

    /// <summary>The actor and one more; a cancellation token is replaced by the call's own on the worker.</summary>
    /// <exception cref="NotSerializableException">The argument cannot travel.</exception>
    public static byte[] Of<A>(A argument)
    {
        if (argument is IFuture)
        {
            throw new ArgumentException(
                "A future stands for a result and is no value itself: await it, and pass the value.", nameof(argument));
        }
        if (argument is CancellationToken)
            return Encode(static (ref ArgumentWriter writer) => writer.CancellationToken());
        return Encode((ref ArgumentWriter writer) => writer.Value(argument, PayloadCodecs.For<A>()));
    }

    private static byte[] Encode(Rest rest)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new ArgumentWriter(output);
        writer.Actor();
        rest(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
