namespace LlmRec.Kernels;

/// <summary>Tables of 16 values for <see cref="ILanes{TVector}.Lookup16"/>, each on a cache line.</summary>
internal static unsafe class LaneTables
{
    /// <summary>Pieces of Φ(−m) in a unit of m, so that the 15th ends at 5.5.</summary>
    public const float NormalScale = 14.5f / 5.5f;

    private static readonly AlignedBuffer<float> s_normal = Fill(
    [
        0.5f, 0.352228731f, 0.224039763f, 0.127574652f, 0.0646028817f, 0.0289435647f, 0.0114271333f, 0.00396339456f,
        0.00120474352f, 0.000320326741f, 7.43884739e-05f, 1.5069656e-05f, 2.66046186e-06f, 4.08992292e-07f, 5.47125438e-08f, 0f,
        -0.151322588f, -0.140818343f, -0.113484219f, -0.0792005286f, -0.0478668883f, -0.0250526872f, -0.0113548674f, -0.00445671286f,
        -0.00151477125f, -0.000445834477f, -0.000113628696f, -2.50774137e-05f, -4.79236223e-06f, -7.93011395e-07f, -1.13621866e-07f, 0f,
        -6.51839673e-06f, 0.0101298867f, 0.0163272973f, 0.0170922596f, 0.0137736779f, 0.00901126023f, 0.00490120891f, 0.00224437052f,
        0.000871834811f, 0.000288690848f, 8.17579203e-05f, 1.98494599e-05f, 4.13850239e-06f, 7.41964527e-07f, 1.14500885e-07f, 0f,
        0.0036681341f, 0.00287460932f, 0.00115582405f, -0.000546912488f, -0.00148027996f, -0.00155243475f, -0.00113723346f, -0.000649053662f,
        -0.000300828222f, -0.000115584138f, -3.72540999e-05f, -1.0148864e-05f, -2.34881077e-06f, -4.63498282e-07f, -7.81968126e-08f, 0f,
        -9.45130887e-05f, -0.000343454361f, -0.000470925472f, -0.000347828725f, -0.000116199102f, 6.26754554e-05f, 0.000126856365f, 0.000108648557f,
        6.50617148e-05f, 3.02057197e-05f, 1.13263841e-05f, 3.50293931e-06f, 9.04676313e-07f, 1.96680602e-07f, 3.61950896e-08f, 0f,
    ]);

    private static readonly AlignedBuffer<float> s_power = Fill(
    [
        1f, 0.990886867f, 0.982753873f, 0.97564429f, 0.969603539f, 0.964678884f, 0.960919797f, 0.958377779f,
        0.957106769f, 0.957163095f, 0.958605409f, 0.961495161f, 0.965896428f, 0.971876085f, 0.979504049f, 0.988853276f,
    ]);

    /// <summary>
    /// Φ(−m) near m = i / <see cref="NormalScale"/>: the coefficient of rᵖ at 16 p + i, r = m · <see cref="NormalScale"/> − i in [−½, ½], p = 0..4, each
    /// piece fitted to the least maximum error (4e-8 at most). The first piece is exactly ½ at 0, the last, from m = 5.5 on, is 0.
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
