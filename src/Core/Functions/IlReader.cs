using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace TaskGraph;

/// <summary>Walks the instructions of a method body (ECMA-335, partition III).</summary>
internal ref struct IlReader(ReadOnlySpan<byte> il)
{
    private const byte TwoByteMark = 0xFE;
    private static readonly OpCode[] s_oneByte = Table(twoByte: false);
    private static readonly OpCode[] s_twoByte = Table(twoByte: true);

    private ReadOnlySpan<byte> _rest = il;

    /// <summary>The instruction just read.</summary>
    public OpCode OpCode { get; private set; }

    /// <summary>The metadata token of the instruction's operand; 0 when it has none.</summary>
    public int Token { get; private set; }

    /// <summary>Moves to the next instruction; false at the end.</summary>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }
        var two = _rest[0] == TwoByteMark;
        OpCode = two ? s_twoByte[_rest[1]] : s_oneByte[_rest[0]];
        _rest = _rest[(two ? 2 : 1)..];
        Token = 0;
        var size = OperandSize();
        if (OpCode.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok
            or OperandType.InlineType)
        {
            Token = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        }
        _rest = _rest[size..];
        return true;
    }

    private readonly int OperandSize() => OpCode.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(_rest)),
        _ => 4,
    };

    private static OpCode[] Table(bool twoByte)
    {
        var table = new OpCode[256];
        foreach (var field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            if (field.GetValue(null) is OpCode code && (code.Size == 2) == twoByte)
            {
                table[code.Value & 0xFF] = code;
            }
        }
        return table;
    }
}
