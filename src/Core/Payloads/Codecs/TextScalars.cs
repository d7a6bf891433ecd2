using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;

namespace TaskGraph;

/// <summary>Scalars that travel as text.</summary>
internal static class TextScalars
{
    public static void Write(ref PayloadWriter writer, string? value)
    {
        try
        {
            writer.Pack.Write(value);
        }
        catch (MessagePackException)
        {
            throw writer.Refuse(typeof(string), "it holds half a surrogate pair, which is no text; send it as char[]");
        }
    }

    public static void Write(ref PayloadWriter writer, decimal value)
    {
        Span<byte> text = stackalloc byte[40];
        var fits = value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        Debug.Assert(fits, "A decimal has at most 31 characters.");
        writer.Pack.WriteUtf8(text[..length]);
    }

    public static decimal ReadDecimal(ref PayloadReader reader)
    {
        var start = reader.Pack.Consumed;
        var text = reader.Pack.ReadUtf8();
        return decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw PayloadReader.Invalid("a decimal as text", start);
    }

    public static void Write(ref PayloadWriter writer, Guid value)
    {
        Span<byte> text = stackalloc byte[36];
        var fits = value.TryFormat(text, out _);
        Debug.Assert(fits, "A Guid has 36 characters.");
        writer.Pack.WriteUtf8(text);
    }

    public static Guid ReadGuid(ref PayloadReader reader)
    {
        var start = reader.Pack.Consumed;
        var text = reader.Pack.ReadUtf8();
        return Utf8Parser.TryParse(text, out Guid value, out var used, 'D') && used == text.Length
            ? value
            : throw PayloadReader.Invalid("a Guid as text", start);
    }

    public static void Write(ref PayloadWriter writer, Uri? value) => writer.Pack.Write(value?.OriginalString);

    public static Uri? ReadUri(ref PayloadReader reader)
    {
        var start = reader.Pack.Consumed;
        var text = reader.Pack.ReadString();
        if (text is null)
            return null;
        return Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var value)
            ? value
            : throw PayloadReader.Invalid("a Uri as text", start);
    }

    public static void Write(ref PayloadWriter writer, Version? value) => writer.Pack.Write(value?.ToString());

    public static Version? ReadVersion(ref PayloadReader reader)
    {
        var start = reader.Pack.Consumed;
        var text = reader.Pack.ReadString();
        if (text is null)
            return null;
        return Version.TryParse(text, out var value) ? value : throw PayloadReader.Invalid("a Version as text", start);
    }
}
