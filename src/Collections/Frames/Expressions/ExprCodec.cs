namespace TaskGraph.Collections;

/// <summary>Expressions on the wire: arrays that begin with the kind of node, at most <see cref="MaxDepth"/>
/// deep.</summary>
internal static class ExprCodec
{
    internal const int MaxDepth = 64;

    private const byte ColumnTag = 1;
    private const byte LiteralTag = 2;
    private const byte AliasTag = 3;
    private const byte CastTag = 4;
    private const byte UnaryTag = 5;
    private const byte BinaryTag = 6;

    internal static void Write(ref PayloadWriter writer, Expr expression)
    {
        writer.Enter();
        switch (expression)
        {
            case ColumnExpr column:
                Begin(ref writer, 2, ColumnTag);
                writer.Pack.Write(column.Name);
                break;
            case LiteralExpr literal:
                Begin(ref writer, 3, LiteralTag);
                WriteLiteral(ref writer, literal.Value);
                break;
            case AliasExpr alias:
                Begin(ref writer, 3, AliasTag);
                writer.Pack.Write(alias.OutputName);
                Write(ref writer, alias.Operand);
                break;
            case CastExpr cast:
                Begin(ref writer, 3, CastTag);
                writer.Pack.Write((byte)cast.Type);
                Write(ref writer, cast.Operand);
                break;
            case UnaryExpr unary:
                Begin(ref writer, 3, UnaryTag);
                writer.Pack.Write((byte)unary.Operator);
                Write(ref writer, unary.Operand);
                break;
            case BinaryExpr binary:
                Begin(ref writer, 4, BinaryTag);
                writer.Pack.Write((byte)binary.Operator);
                Write(ref writer, binary.Left);
                Write(ref writer, binary.Right);
                break;
            default:
                throw new InvalidOperationException($"No rule writes {expression.GetType().Name}.");
        }
        writer.Leave();
    }

    internal static Expr Read(ref PayloadReader reader, int depth = 0)
    {
        int start = reader.Pack.Consumed;
        if (depth >= MaxDepth)
            throw new MessagePackException($"an expression of at most {MaxDepth} levels", "a deeper one", start);
        int parts = reader.Pack.ReadArrayHeader();
        byte tag = parts > 1 ? reader.Pack.ReadByte() : (byte)0;
        switch (tag, parts)
        {
            case (ColumnTag, 2):
                return new ColumnExpr(Text(ref reader));
            case (LiteralTag, 3):
                return new LiteralExpr(ReadLiteral(ref reader));
            case (AliasTag, 3):
                string name = Text(ref reader);
                return new AliasExpr(Read(ref reader, depth + 1), name);
            case (CastTag, 3):
                DataType type = ReadType(ref reader);
                return new CastExpr(Read(ref reader, depth + 1), type);
            case (UnaryTag, 3):
                var unary = (UnaryOperator)reader.Pack.ReadByte();
                Check(unary is >= UnaryOperator.Not and <= UnaryOperator.Abs, "an operator", start);
                return new UnaryExpr(unary, Read(ref reader, depth + 1));
            case (BinaryTag, 4):
                var binary = (BinaryOperator)reader.Pack.ReadByte();
                Check(binary is >= BinaryOperator.Add and <= BinaryOperator.EndsWith, "an operator", start);
                Expr left = Read(ref reader, depth + 1);
                return new BinaryExpr(binary, left, Read(ref reader, depth + 1));
            default:
                throw new MessagePackException("an expression", $"tag {tag} of {parts} parts", start);
        }
    }

    /// <summary>A text that must not be null.</summary>
    internal static string Text(ref PayloadReader reader)
    {
        int start = reader.Pack.Consumed;
        return reader.Pack.ReadString() ?? throw new MessagePackException("a text", "nil", start);
    }

    internal static DataType ReadType(ref PayloadReader reader)
    {
        int start = reader.Pack.Consumed;
        var type = (DataType)reader.Pack.ReadByte();
        Check(DataTypes.IsDefined(type), "a data type", start);
        return type;
    }

    internal static void Check(bool holds, string expected, int offset)
    {
        if (!holds)
            throw new MessagePackException(expected, "another value", offset);
    }

    private static void Begin(ref PayloadWriter writer, int parts, byte tag)
    {
        writer.Pack.WriteArrayHeader(parts);
        writer.Pack.Write(tag);
    }

    private static void WriteLiteral(ref PayloadWriter writer, Column value)
    {
        writer.Pack.Write((byte)value.DataType);
        switch (value)
        {
            case Column<long> c:
                writer.Pack.Write(c[0]);
                break;
            case Column<double> c:
                writer.Pack.Write(c[0]);
                break;
            case Column<float> c:
                writer.Pack.Write(c[0]);
                break;
            case Column<bool> c:
                writer.Pack.Write(c[0]);
                break;
            case Column<string?> c:
                writer.Pack.Write(c[0]);
                break;
        }
    }

    private static Column ReadLiteral(ref PayloadReader reader) => ReadType(ref reader) switch
    {
        DataType.Int64 => Column.Of("literal", reader.Pack.ReadInt64()),
        DataType.Float64 => Column.Of("literal", reader.Pack.ReadDouble()),
        DataType.Float32 => Column.Of("literal", reader.Pack.ReadSingle()),
        DataType.Boolean => Column.Of("literal", reader.Pack.ReadBoolean()),
        _ => Column.Of("literal", Text(ref reader)),
    };
}
