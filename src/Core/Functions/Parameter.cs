namespace TaskGraph;

/// <summary>
/// One parameter of a task function. Codecs are found when first needed: not every form of argument has one.
/// </summary>
internal sealed class Parameter<T>(string function, string name)
{
    private PayloadCodec<T>? _codec;
    private SequenceArgument<T>? _sequence;

    /// <summary>The codec of the parameter's type.</summary>
    public PayloadCodec<T> Codec => _codec ??= PayloadCodecs.For<T>();

    /// <summary>How several dependencies become one argument.</summary>
    public SequenceArgument<T> Sequence => _sequence ??= SequenceArgument<T>.Create()
        ?? throw Mismatch("a sequence of dependencies");

    /// <summary>The error for an argument that the parameter cannot take.</summary>
    public MalformedFunctionException Mismatch(string argument)
    {
        return new MalformedFunctionException($"{argument} was sent for parameter {name} of {function}, a {typeof(T)}");
    }
}
