using TaskGraph.Messages;

namespace TaskGraph.Worker.Server;

/// <summary>Puts an assembly together from its pieces, which come in order.</summary>
internal sealed class AssemblyAssembler
{
    // Assemblies of that size exist only with embedded resources; the bound keeps one message from taking all memory.
    private const int MaxBytes = 256 << 20;

    private byte[]? _bytes;
    private int _peLength;
    private int _received;

    /// <summary>The PE image, once complete.</summary>
    public byte[] Pe => _bytes![.._peLength];

    /// <summary>The PDB, once complete; null = none.</summary>
    public byte[]? Pdb => _bytes!.Length == _peLength ? null : _bytes[_peLength..];

    /// <summary>Adds a piece; true = complete.</summary>
    /// <exception cref="FunctionNotLoadedException">The sender has not got it, or the pieces do not fit
    /// together.</exception>
    public bool Add(AssemblyBytes piece)
    {
        if (piece.PeLength == 0)
            throw new FunctionNotLoadedException($"nobody has assembly {piece.Name} ({piece.Content})");
        if (_bytes is null)
        {
            if (piece.PeLength < 0 || piece.PdbLength < 0 || (long)piece.PeLength + piece.PdbLength > MaxBytes)
                throw new FunctionNotLoadedException($"assembly {piece.Name} is larger than {MaxBytes} bytes");
            _peLength = piece.PeLength;
            _bytes = new byte[piece.PeLength + piece.PdbLength];
        }

        if (piece.Offset != _received || piece.Chunk.Length > _bytes.Length - _received)
            throw new FunctionNotLoadedException($"the pieces of assembly {piece.Name} do not fit together");
        piece.Chunk.CopyTo(_bytes, _received);
        _received += piece.Chunk.Length;
        return _received == _bytes.Length;
    }
}
