namespace TaskGraph;

/// <summary>
/// Reads the arguments of one call in parameter order. A class, since compiled invokers cannot hold a ref struct.
/// </summary>
internal sealed class ArgumentReader(
    ReadOnlyMemory<byte> arguments, IDependencyValues dependencies, CancellationToken cancellation)
{
    private int _offset;

    /// <summary>The next argument, for parameter <paramref name="parameter"/>.</summary>
    public T Next<T>(Parameter<T> parameter)
    {
        var reader = new PayloadReader(new Payload(arguments[_offset..]));
        var kind = (ArgumentKind)reader.Pack.ReadUInt32();
        T value;
        switch (kind)
        {
            case ArgumentKind.Value:
                value = parameter.Codec.Read(ref reader);
                break;
            case ArgumentKind.Dependency:
                value = (T)dependencies.Get(ReadOrdinal(ref reader), parameter.Codec)!;
                break;
            case ArgumentKind.Dependencies:
                var start = ReadOrdinal(ref reader);
                value = parameter.Sequence.Gather(dependencies, start, ReadOrdinal(ref reader));
                break;
            case ArgumentKind.DependencyList:
                var chosen = new ChosenDependencies(dependencies, ReadOrdinals(ref reader));
                value = parameter.Sequence.Gather(chosen, 0, chosen.Count);
                break;
            case ArgumentKind.CancellationToken:
                value = cancellation is T token ? token : throw parameter.Mismatch("the task's cancellation token");
                break;
            case ArgumentKind.Actor:
                value = dependencies.Actor is T actor ? actor : throw parameter.Mismatch("the actor");
                break;
            default:
                throw parameter.Mismatch($"an argument of unknown kind {(uint)kind}");
        }
        _offset += reader.Pack.Consumed;
        return value;
    }

    /// <summary>Refuses bytes after the last argument.</summary>
    public void End()
    {
        if (_offset != arguments.Length)
        {
            throw new MalformedFunctionException(
                $"{arguments.Length - _offset} bytes follow its last argument; client and worker disagree on it");
        }
    }

    private static int[] ReadOrdinals(ref PayloadReader reader)
    {
        var count = ReadOrdinal(ref reader);
        if (count > reader.Pack.Remaining)
        {
            throw new MalformedFunctionException($"it claims {count} dependencies in {reader.Pack.Remaining} bytes");
        }
        var ordinals = new int[count];
        for (var i = 0; i < count; i++)
        {
            ordinals[i] = ReadOrdinal(ref reader);
        }
        return ordinals;
    }

    private static int ReadOrdinal(ref PayloadReader reader)
    {
        var ordinal = reader.Pack.ReadInt32();
        return ordinal >= 0 ? ordinal : throw new MalformedFunctionException($"it names dependency {ordinal}");
    }

    /// <summary>Dependencies by their place in a list of ordinals.</summary>
    private sealed class ChosenDependencies(IDependencyValues all, int[] ordinals) : IDependencyValues
    {
        public int Count => ordinals.Length;

        public object? Get(int ordinal, PayloadCodec codec) => all.Get(ordinals[ordinal], codec);
    }
}
