using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

internal readonly unsafe partial struct Int8Scorer
{
    /// <summary>True where <see cref="ScoreRun"/> can stand for <see cref="Score"/>: rows of at most 512 bytes, 512-bit vectors.</summary>
    public bool HasRun => Avx512BW.IsSupported && _stride <= Run * 64;

    /// <summary>
    /// Scores consecutive rows with the query's digits held in registers, eight lines of two. A row's line is then the only load:
    /// what limits a scan from memory is how many loads the core can have under way, and two thirds of them used to fetch the query.
    /// </summary>
    public void ScoreRun(nint first, int count, float* scores)
    {
        Vector512<sbyte> h0 = Digit(_high, 0), l0 = Digit(_low, 0);
        Vector512<sbyte> h1 = Digit(_high, 1), l1 = Digit(_low, 1);
        Vector512<sbyte> h2 = Digit(_high, 2), l2 = Digit(_low, 2);
        Vector512<sbyte> h3 = Digit(_high, 3), l3 = Digit(_low, 3);
        Vector512<sbyte> h4 = Digit(_high, 4), l4 = Digit(_low, 4);
        Vector512<sbyte> h5 = Digit(_high, 5), l5 = Digit(_low, 5);
        Vector512<sbyte> h6 = Digit(_high, 6), l6 = Digit(_low, 6);
        Vector512<sbyte> h7 = Digit(_high, 7), l7 = Digit(_low, 7);
        Vector512<short> sixteen = Vector512.Create((short)16), one = Vector512<short>.One;
        int lines = _stride / 64, stride = _stride, added = 128 * _codeSum;
        float factor = _factor;
        float* scales = _scales + first;
        byte* row = _rows + first * stride;
        for (int r = 0; r < count; r++, row += stride)
        {
            Vector512<byte> x = Vector512.Load(row);
            Vector512<short> high = Avx512BW.MultiplyAddAdjacent(x, h0), low = Avx512BW.MultiplyAddAdjacent(x, l0);
            if (lines > 1)
            {
                x = Vector512.Load(row + 64);
                high += Avx512BW.MultiplyAddAdjacent(x, h1);
                low += Avx512BW.MultiplyAddAdjacent(x, l1);
            }
            if (lines > 2)
            {
                x = Vector512.Load(row + 128);
                high += Avx512BW.MultiplyAddAdjacent(x, h2);
                low += Avx512BW.MultiplyAddAdjacent(x, l2);
            }
            if (lines > 3)
            {
                x = Vector512.Load(row + 192);
                high += Avx512BW.MultiplyAddAdjacent(x, h3);
                low += Avx512BW.MultiplyAddAdjacent(x, l3);
            }
            if (lines > 4)
            {
                x = Vector512.Load(row + 256);
                high += Avx512BW.MultiplyAddAdjacent(x, h4);
                low += Avx512BW.MultiplyAddAdjacent(x, l4);
            }
            if (lines > 5)
            {
                x = Vector512.Load(row + 320);
                high += Avx512BW.MultiplyAddAdjacent(x, h5);
                low += Avx512BW.MultiplyAddAdjacent(x, l5);
            }
            if (lines > 6)
            {
                x = Vector512.Load(row + 384);
                high += Avx512BW.MultiplyAddAdjacent(x, h6);
                low += Avx512BW.MultiplyAddAdjacent(x, l6);
            }
            if (lines > 7)
            {
                x = Vector512.Load(row + 448);
                high += Avx512BW.MultiplyAddAdjacent(x, h7);
                low += Avx512BW.MultiplyAddAdjacent(x, l7);
            }
            int sum = Vector512.Sum(Avx512BW.MultiplyAddAdjacent(high, sixteen) + Avx512BW.MultiplyAddAdjacent(low, one));
            scores[r] = (sum - added) * (scales[r] * factor);
        }
    }

    private Vector512<sbyte> Digit(sbyte* digits, int line) => line * 64 < _stride ? Vector512.Load(digits + line * 64) : default;
}
