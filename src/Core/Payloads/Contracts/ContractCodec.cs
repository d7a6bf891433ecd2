using System.Text;

namespace TaskGraph;

/// <summary>
/// An object by its contract. Its writer, reader and measure are compiled when first used, so that submitting does not
/// pay for reading.
/// </summary>
internal sealed class ContractCodec<T>(bool isNullable) : PayloadCodec<T>, IContractCodec
{
    private static readonly bool s_isExact = typeof(T).IsValueType || typeof(T).IsSealed;

    private Contract _contract = null!;
    private PayloadCodec[] _codecs = [];
    private byte[][] _names = [];
    private WriteScalar<T>? _write;
    private ReadContract<T>? _read;
    private Func<T, long>? _measure;

    [ThreadStatic]
    private static int s_measureDepth;

    public void Complete(Contract contract, PayloadCodec[] codecs)
    {
        _contract = contract;
        _codecs = codecs;
        _names = Array.ConvertAll(contract.Members, m => Encoding.UTF8.GetBytes(m.Name));
    }

    public override void Write(ref PayloadWriter writer, T value)
    {
        if (isNullable && value is null)
        {
            writer.Pack.WriteNil();
            return;
        }

        if (!s_isExact && value!.GetType() != typeof(T))
            throw writer.Refuse(value.GetType(), NotDeclared(value.GetType()));
        writer.Enter();
        if (writer.Trace is null)
            (_write ??= ContractCompiler.Writer<T>(_contract, _codecs))(ref writer, value);
        else
            WriteTraced(ref writer, writer.Trace, value);
        writer.Leave();
    }

    public override T Read(ref PayloadReader reader)
    {
        if (isNullable && reader.Pack.TryReadNil())
            return default!;
        reader.Pack.Enter();
        var count = _contract.AsArray ? reader.Pack.ReadArrayHeader() : reader.Pack.ReadMapHeader();
        var value = (_read ??= ContractCompiler.Reader<T>(_contract, _codecs))(ref reader, _names, count);
        reader.Pack.Leave();
        return value;
    }

    public override long Measure(T value)
    {
        if (value is null)
            return 0;
        if (s_measureDepth >= MessagePackReader.MaxDepth)
        {
            throw new NotSerializableException(typeof(T), TypeName.Of(typeof(T)),
                $"the value nests more than {MessagePackReader.MaxDepth} levels deep");
        }

        s_measureDepth++;
        try
        {
            return (_measure ??= ContractCompiler.Measure<T>(_contract, _codecs))(value);
        }
        finally
        {
            s_measureDepth--;
        }
    }

    /// <summary>Walks the value as the compiled writer does, but notes the path: only to explain a refusal.</summary>
    private void WriteTraced(ref PayloadWriter writer, PayloadTrace trace, T value)
    {
        if (!trace.TryEnter(value!))
            throw writer.Refuse(typeof(T), "it refers back to itself; cycles cannot be sent: send ids instead");
        for (var i = 0; i < _codecs.Length; i++)
        {
            trace.Push("." + _contract.Members[i].Member.Name);
            _codecs[i].WriteObject(ref writer, _contract.Members[i].GetValue(value!));
            trace.Pop();
        }

        trace.Leave();
    }

    private static string NotDeclared(Type actual) =>
        $"it stands where the declared type is {TypeName.Of(typeof(T))} and would lose what it adds; "
        + $"add [KnownType(typeof({TypeName.Of(actual)}))] to {TypeName.Of(typeof(T))}, or declare the type itself";
}

/// <summary>
/// A contract codec while it is being built: recursive types refer to it before its members are known.
/// </summary>
internal interface IContractCodec
{
    void Complete(Contract contract, PayloadCodec[] codecs);
}
