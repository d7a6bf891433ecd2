using System.Buffers.Binary;

namespace TaskGraph.Simulation;

/// <summary>What the function of a task does.</summary>
internal enum Behaviour
{
    Returns,

    /// <summary>Throws in its first runs, and may be retried as often.</summary>
    ThrowsAtFirst,

    Throws,

    /// <summary>Gives up its slot on the way.</summary>
    Secedes,

    /// <summary>Throws once, and is not retried unless somebody asks.</summary>
    ThrowsOnce,

    /// <summary>No call: a value that a client has put on a worker.</summary>
    Data,

    /// <summary>Gives up its slot, and takes one again when one is free.</summary>
    Rejoins,

    /// <summary>Gives up its slot, and throws.</summary>
    SecedesAndThrows,
}

/// <summary>A call as the serial evaluator sees it: value and failure follow from the call and its inputs alone.</summary>
internal sealed class Work
{
    public Work(Behaviour behaviour, long salt, Work[] inputs)
    {
        Behaviour = behaviour;
        Salt = salt;
        Inputs = inputs;
        Fails = behaviour is Behaviour.Throws or Behaviour.SecedesAndThrows || inputs.Any(input => input.Fails);
        Value = ValueOf(behaviour, salt, [.. inputs.Select(input => input.Value)]);
    }

    public Behaviour Behaviour { get; }

    /// <summary>Unique, and the call's plain argument.</summary>
    public long Salt { get; }

    public Work[] Inputs { get; }

    public bool Fails { get; }

    public long Value { get; }

    /// <summary>The worker that it is restricted to; null = any.</summary>
    public string? Place { get; init; }

    /// <summary>Whether other workers will do if that one is not there.</summary>
    public bool IsPlaceLoose { get; init; }

    /// <summary>Whether it may be run a second time beside a run that takes long.</summary>
    public bool IsSpeculative { get; init; }

    /// <summary>Whether its value stays where it was made, and is lost with that worker.</summary>
    public bool IsActor { get; init; }

    /// <summary>How much of the resource it takes.</summary>
    public int Licences { get; init; }

    public int Retries => Behaviour switch
    {
        Behaviour.ThrowsAtFirst => FirstFailures,
        Behaviour.Throws => (int)(Salt % 3),
        _ => 0,
    };

    /// <summary>How many runs throw before one returns.</summary>
    public int FirstFailures => Behaviour switch
    {
        Behaviour.ThrowsAtFirst => 1 + (int)(Salt % 2),
        Behaviour.ThrowsOnce => 1,
        _ => 0,
    };

    public byte[] Arguments
    {
        get
        {
            var bytes = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, Salt);
            return bytes;
        }
    }

    public static DefineFunction Definition(Behaviour behaviour)
    {
        byte[] body = [(byte)behaviour];
        return new DefineFunction { Id = Hash128.Of(body), Name = behaviour.ToString(), Body = body };
    }

    /// <summary>What a run returns: every bit depends on the function, the argument, and the inputs' order.</summary>
    public static long ValueOf(Behaviour behaviour, long salt, ReadOnlySpan<long> inputs)
    {
        var hash = (ulong)salt + ((ulong)behaviour * 0x9E3779B97F4A7C15);
        foreach (var input in inputs)
            hash = Mix(hash) ^ (ulong)input;
        return (long)Mix(hash);
    }

    /// <summary>The call and all that it takes values from.</summary>
    public HashSet<Work> WithAncestors()
    {
        var all = new HashSet<Work> { this };
        var open = new Stack<Work>([this]);
        while (open.TryPop(out var work))
        {
            foreach (var input in work.Inputs)
            {
                if (all.Add(input))
                    open.Push(input);
            }
        }

        return all;
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
