using System.Runtime.Intrinsics;

namespace LlmRec.Kernels;

/// <summary>Walks a product with bfloat16 weights: for a block of rows, panel by panel is widened into the second cache and multiplied from there.</summary>
internal static unsafe class BFloat16Driver
{
    private const int PanelColumns = TileKernel.PanelColumns;

    /// <summary>Elements of A in a row block, 640 KiB: the more rows, the less a panel's widening counts.</summary>
    private const int LeftBlock = 160 * 1024;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_panel;

    public static void Run(in ProductJob job, BFloat16Matrix b, int threads)
    {
        if (job.M == 0) return;
        if (b.Pairs is not null)
        {
            WinogradDriver.Run(job, new WinogradPanels { Narrow = b.Panels, Pairs = b.Pairs.Pointer, Scale = b.Scale }, threads);
            GC.KeepAlive(b);
            return;
        }

        int parts = ProductDriver.Parts((long)job.M * job.N * job.K, threads);
        if (parts <= 1) Run(job, b, 0, job.M, 0, job.N);
        else RunParallel(job, b, parts);
        GC.KeepAlive(b);
    }

    private static void RunParallel(ProductJob job, BFloat16Matrix b, int threads) =>
        ProductDriver.ForSlices(job, threads, packedRight: true, (rowFrom, rowTo, columnFrom, columnTo) => Run(job, b, rowFrom, rowTo, columnFrom, columnTo));

    private static void Run(in ProductJob job, BFloat16Matrix b, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        int k = job.K, block = Math.Max(TileKernel.MaxRows, LeftBlock / k / TileKernel.MaxRows * TileKernel.MaxRows);
        if (t_panel is null || t_panel.Length < k * PanelColumns) t_panel = new AlignedBuffer<float>(k * PanelColumns);
        float* panel = t_panel.Pointer;
        ProductJob part = job;
        part.B = panel;
        part.BLayout = RightLayout.Panels;
        for (int i0 = rowFrom; i0 < rowTo; i0 += block)
        {
            for (int j = columnFrom; j < columnTo; j += PanelColumns)
            {
                Widen(b.Panels + (nint)j * k, panel, k * PanelColumns);
                part.M = Math.Min(block, rowTo - i0);
                part.N = Math.Min(PanelColumns, columnTo - j);
                part.A = job.A + i0 * job.ARow;
                part.C = job.C + i0 * job.CRow + j;
                part.Bias = job.Bias == null ? null : job.Bias + j;
                part.Residual = job.Residual == null ? null : job.Residual + i0 * job.ResidualRow + j;
                ProductDriver.Run(part, 1);
            }
        }
    }

    /// <summary>n bfloat16 values, a multiple of 32, as float32, each the upper half of its lane, times a power of two.</summary>
    public static void Widen(ushort* from, float* to, int n, float factor = 1)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            for (int i = 0; i < n; i += 32)
            {
                (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(Vector512.Load(from + i));
                ((low << 16).AsSingle() * factor).Store(to + i);
                ((high << 16).AsSingle() * factor).Store(to + i + 16);
            }
        }
        else
        {
            for (int i = 0; i < n; i += 8)
            {
                (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.Load(from + i));
                ((low << 16).AsSingle() * factor).Store(to + i);
                ((high << 16).AsSingle() * factor).Store(to + i + 4);
            }
        }
    }
}
