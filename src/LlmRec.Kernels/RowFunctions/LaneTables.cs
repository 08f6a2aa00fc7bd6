namespace LlmRec.Kernels;

/// <summary>Tables of 16 values for <see cref="ILanes{TVector}.Lookup16"/>, each on a cache line.</summary>
internal static unsafe class LaneTables
{
    /// <summary>Pieces of −Φ(−m) in a unit of m, so that the 15th ends at 5.5.</summary>
    public const float NormalScale = 14.5f / 5.5f;

    private static readonly AlignedBuffer<float> s_normal = Fill(
    [
        -0.5f, -0.49995306f, -0.49953908f, -0.5056123f, -0.5414411f, -0.6127175f, -0.666049f, -0.62862694f,
        -0.48963502f, -0.31015337f, -0.15990114f, -0.067485675f, -0.02347362f, -0.006771652f, -0.0016291006f, 0f,
        0.39894044f, 0.39823398f, 0.39508578f, 0.41910994f, 0.525595f, 0.6931989f, 0.79775053f, 0.7391195f,
        0.544326f, 0.32112846f, 0.15351355f, 0.060095526f, 0.019434558f, 0.0052291215f, 0.0011773173f, 0f,
        7.0467424e-05f, 0.0041463533f, 0.013241926f, -0.022521948f, -0.14166483f, -0.28982973f, -0.3667908f, -0.3323508f,
        -0.22988646f, -0.12572712f, -0.05556873f, -0.020141026f, -0.0060490295f, -0.001516909f, -0.00031946445f, 0f,
        -0.067415506f, -0.078368f, -0.090184174f, -0.0664264f, -0.006942181f, 0.05141685f, 0.07662655f, 0.067637555f,
        0.043661773f, 0.022042992f, 0.00898412f, 0.0030101186f, 0.0008387176f, 0.00019589318f, 3.857319e-05f, 0f,
        0.005071237f, 0.016927099f, 0.02274049f, 0.016795529f, 0.0056132525f, -0.0030278973f, -0.0061282367f, -0.005248664f,
        -0.0031429958f, -0.0014591584f, -0.0005471436f, -0.00016921591f, -4.370208e-05f, -9.501065e-06f, -1.7484912e-06f, 0f,
    ]);

    private static readonly AlignedBuffer<float> s_power = Fill(
    [
        1f, 0.990886867f, 0.982753873f, 0.97564429f, 0.969603539f, 0.964678884f, 0.960919797f, 0.958377779f,
        0.957106769f, 0.957163095f, 0.958605409f, 0.961495161f, 0.965896428f, 0.971876085f, 0.979504049f, 0.988853276f,
    ]);

    /// <summary>
    /// −Φ(−m) near m = i / <see cref="NormalScale"/>: the coefficient of mᵖ at 16 p + i, p = 0..4, for the i to which m · <see cref="NormalScale"/> rounds, each
    /// piece fitted to the least maximum error and its coefficients rounded from the highest on, the lower ones fitted anew. The first piece is exactly −½ at 0, the last, from m = 5.5 on, is 0.
    /// </summary>
    public static float* Normal { get; } = s_normal.Pointer;

    /// <summary>2 to the i / 16, less i · 2¹⁹ in its bits, which <see cref="ILanes{TVector}.AddSixteenths"/> brings back together with the whole powers.</summary>
    public static float* Power { get; } = s_power.Pointer;

    private static AlignedBuffer<float> Fill(ReadOnlySpan<float> values)
    {
        var buffer = new AlignedBuffer<float>(values.Length);
        values.CopyTo(buffer.Span);
        return buffer;
    }
}
