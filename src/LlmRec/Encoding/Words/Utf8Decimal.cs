using System.Globalization;

namespace LlmRec;

/// <summary>Decimal numbers in UTF-8 as float32, rounded correctly: the common short ones in a few multiplications, all others by the runtime.</summary>
internal static class Utf8Decimal
{
    private const ulong MostDigits = (1UL << 53) / 10 - 1;   // one more digit still is an exact double

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Parses a number that ends at a space or at the end of the text.</summary>
    /// <param name="text">The text; the number starts at its first byte.</param>
    /// <param name="value">The number; may be infinite where the text is beyond float32.</param>
    /// <param name="length">Bytes up to the space or the end.</param>
    /// <returns>False when that is not a number, or is NaN or infinite.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out float value, out int length)
    {
        int i = 0;
        bool negative = false;
        if (i < text.Length && text[i] is (byte)'-' or (byte)'+') negative = text[i++] == '-';
        ulong digits = 0;
        int after = 0, first = i;
        bool point = false, plain = true;
        for (; i < text.Length; i++)
        {
            uint digit = text[i] - (uint)'0';
            if (digit <= 9)
            {
                if (digits > MostDigits)
                {
                    plain = false;
                    break;
                }
                digits = digits * 10 + digit;
                if (point) after++;
            }
            else if (text[i] == '.' && !point)
            {
                point = true;
            }
            else
            {
                break;
            }
        }
        int written = i - first - (point ? 1 : 0);
        int exponent = 0;
        if (plain && i + 1 < text.Length && text[i] is (byte)'e' or (byte)'E')
        {
            int e = i + 1;
            bool down = false;
            if (text[e] is (byte)'-' or (byte)'+') down = text[e++] == '-';
            int start = e;
            for (; e < text.Length && e - start < 4 && text[e] - (uint)'0' <= 9; e++) exponent = exponent * 10 + (text[e] - '0');
            if (e == start) plain = false;
            if (down) exponent = -exponent;
            i = e;
        }
        exponent -= after;
        if (plain && written > 0 && (i == text.Length || text[i] == ' ') && Math.Abs(exponent) <= 22)
        {
            // Both are exact doubles, so the quotient is the nearest double; only from the middle between two floats could a second rounding go astray.
            double exact = exponent < 0 ? digits / PowersOfTen[-exponent] : digits * PowersOfTen[exponent];
            bool middle = (BitConverter.DoubleToUInt64Bits(exact) & 0x1FFFFFFF) == 0x10000000;
            if (digits == 0 || (!middle && exact >= 1.2e-38 && exact < float.MaxValue))
            {
                value = negative ? -(float)exact : (float)exact;
                length = i;
                return true;
            }
        }
        int end = text.IndexOf((byte)' ');
        length = end < 0 ? text.Length : end;
        return float.TryParse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);
    }
}
