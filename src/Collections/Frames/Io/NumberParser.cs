using System.Globalization;

namespace TaskGraph.Collections;

/// <summary>
/// Numbers from UTF-8. Short decimals take Clinger's exact path (both the digits and the power of ten are exact in
/// the target type, so that one multiplication or division rounds correctly); all others go to the runtime's
/// correctly rounding parser. W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990.
/// </summary>
internal static class NumberParser
{
    private static readonly double[] s_powers =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ];

    private static readonly float[] s_floatPowers = [1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f];

    internal static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        int i = 0;
        bool negative = text.Length > 0 && text[0] == (byte)'-';
        if (negative || (text.Length > 0 && text[0] == (byte)'+'))
            i = 1;
        // 18 digits always fit; longer ones and those with blanks around go to the runtime.
        if (i == text.Length || text.Length - i > 18)
            return TryParseSlow(text, out value);
        long result = 0;
        for (; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit > 9)
                return TryParseSlow(text, out value);
            result = (result * 10) + digit;
        }
        value = negative ? -result : result;
        return true;
    }

    internal static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        if (TryDecimal(text, out long digits, out int scale, out bool negative)
            && digits <= 1L << 53 && scale <= 22)
        {
            double result = digits / s_powers[scale];
            value = negative ? -result : result;
            return true;
        }
        return double.TryParse(text.Trim(" \t"u8), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    internal static bool TryParse(ReadOnlySpan<byte> text, out float value)
    {
        if (TryDecimal(text, out long digits, out int scale, out bool negative)
            && digits <= 1L << 24 && scale <= 10)
        {
            float result = digits / s_floatPowers[scale];
            value = negative ? -result : result;
            return true;
        }
        return float.TryParse(text.Trim(" \t"u8), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryParseSlow(ReadOnlySpan<byte> text, out long value) =>
        long.TryParse(text.Trim(" \t"u8), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>Reads <c>[-]digits[.digits]</c> of at most 18 digits as an integer and a negative power of
    /// ten.</summary>
    private static bool TryDecimal(ReadOnlySpan<byte> text, out long digits, out int scale, out bool negative)
    {
        digits = 0;
        scale = 0;
        negative = text.Length > 0 && text[0] == (byte)'-';
        int i = negative ? 1 : 0;
        if (text.Length - i is < 1 or > 19)
            return false;
        int point = -1;
        for (; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit <= 9)
                digits = (digits * 10) + digit;
            else if (text[i] == (byte)'.' && point < 0)
                point = i;
            else
                return false;
        }
        int count = text.Length - (negative ? 1 : 0) - (point < 0 ? 0 : 1);
        scale = point < 0 ? 0 : text.Length - point - 1;
        return count is > 0 and <= 18;
    }
}
