using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>Walks a product by Winograd's inner product: what belongs to the rows of A is worked out for a block of them, then panel by panel and tile by tile.</summary>
internal static unsafe class WinogradDriver
{
    private const int PanelColumns = TileKernel.PanelColumns;

    /// <summary>Sums longer than this are cut, at a whole number of groups; a panel then takes at most 256 KiB of the second cache.</summary>
    private const int LongestSum = 2048 / WinogradTile.Group * WinogradTile.Group;

    /// <summary>Elements of A in a row block, 512 KiB.</summary>
    private const int LeftBlock = 128 * 1024;

    /// <summary>Elements of a cache line, and of the distance at which lines fall into the same set of the first cache.</summary>
    private const int Line = 16, CacheWay = 1024;

    /// <summary>Most rows of a block.</summary>
    private const int MostRows = 1024;

    /// <summary>Multiply-adds are this much faster than the product's; what is worth a thread is measured in time.</summary>
    private const float Gain = 1.4f;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_rows;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_left;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_panel;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_sums;

    public static void Run(in ProductJob job, in WinogradPanels b, int threads)
    {
        if (job.M == 0) return;
        int parts = ProductDriver.Parts((long)((long)job.M * job.N * job.K / Gain), threads);
        if (parts <= 1) Run(job, b, 0, job.M, 0, job.N);
        else RunParallel(job, b, parts);
    }

    private static void RunParallel(ProductJob job, WinogradPanels b, int threads) =>
        ProductDriver.ForSlices(job, threads, packedRight: true, (rowFrom, rowTo, columnFrom, columnTo) => Run(job, b, rowFrom, rowTo, columnFrom, columnTo));

    private static void Run(in ProductJob job, in WinogradPanels b, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        int tileRows = WinogradKernel.Rows(job.Width), k = job.K;
        int block = Math.Clamp(LeftBlock / Math.Min(k, LongestSum) / tileRows * tileRows, tileRows, MostRows);
        t_rows ??= Rows();
        if (b.Narrow != null && (t_panel is null || t_panel.Length < k * PanelColumns)) t_panel = new AlignedBuffer<float>(k * PanelColumns);
        float* offsets = t_rows.Pointer, factors = offsets + MostRows;
        for (int i0 = rowFrom; i0 < rowTo; i0 += block)
        {
            int rows = Math.Min(block, rowTo - i0);
            float* a = Prepare(job.A + i0 * job.ARow, job.ARow, rows, k, job.Scale / b.Scale, offsets, factors, out nint aRow);
            for (int j = columnFrom; j < columnTo; j += PanelColumns)
            {
                nint at = (nint)j * k, size = (nint)PanelColumns * k;
                float* panel = b.Values + at, following = j + PanelColumns < columnTo ? panel + size : null;
                if (b.Narrow != null)
                {
                    panel = t_panel!.Pointer;
                    following = null;
                    BFloat16Driver.Widen(b.Narrow + at, panel, (int)size, b.Scale);
                }

                Panel(job, panel, b.Pairs + j, following, a, aRow, i0, rows, j, Math.Min(PanelColumns, columnTo - j), offsets, factors);
            }
        }
    }

    /// <summary>Offsets and factors of a block's rows, and as many ones for sums that go on.</summary>
    private static AlignedBuffer<float> Rows()
    {
        var rows = new AlignedBuffer<float>(3 * MostRows);
        rows.Span[(2 * MostRows)..].Fill(1);
        return rows;
    }

    /// <summary>
    /// The rows as they are multiplied: where they lie, or as copies, where one of them is of another size than the weights and must be brought to
    /// it, or where all begin in the same set of the first cache, which holds eight lines of a kind.
    /// </summary>
    private static float* Prepare(float* a, nint row, int rows, int k, float factor, float* offsets, float* factors, out nint aRow)
    {
        bool copied = false;
        aRow = row;
        if (rows > 1 && row % CacheWay == 0) Copy(ref aRow);
        for (int i = 0; i < rows; i++)
        {
            offsets[i] = -WinogradRows.PairSum(a + i * row, k, out float squares);
            float scale = WinogradRows.Scale(a + i * row, k, squares);
            factors[i] = scale == 0 ? 0 : factor / scale;
            if (scale is 0 or 1) continue;
            if (!copied) Copy(ref aRow);
            float* copy = t_left!.Pointer + i * aRow;
            Span<float> values = new(copy, k);
            TensorPrimitives.Multiply(values, scale, values);
            offsets[i] = -WinogradRows.PairSum(copy, k, out _);
        }

        return copied ? t_left!.Pointer : a;

        void Copy(ref nint stride)
        {
            copied = true;
            stride = (k + Line - 1) / Line * Line;
            if (stride % CacheWay == 0) stride += Line;
            if (t_left is null || t_left.Length < rows * stride) t_left = new AlignedBuffer<float>(checked((int)(rows * stride)));
            ProductDriver.Copy(a, row, t_left.Pointer, stride, rows, k);
        }
    }

    /// <summary>The tiles of a panel's columns for a block of rows. Between the pieces of a long sum its chains rest in a buffer as they are.</summary>
    private static void Panel(in ProductJob job, float* panel, float* pairs, float* following, float* a, nint aRow, int i0, int rows, int j, int columns, float* offsets, float* factors)
    {
        int pieces = (job.K + LongestSum - 1) / LongestSum, length = ((job.K + pieces - 1) / pieces + WinogradTile.Group - 1) / WinogradTile.Group * WinogradTile.Group;
        if (pieces > 1 && (t_sums is null || t_sums.Length < rows * PanelColumns)) t_sums = new AlignedBuffer<float>(MostRows * PanelColumns);
        ProductJob sums = new() { Width = job.Width, CRow = PanelColumns };
        for (int k0 = 0; k0 < job.K; k0 += length)
        {
            bool last = k0 + length >= job.K;
            int k = last ? job.K - k0 : length;
            float* part = panel + (nint)k0 * PanelColumns, start = k0 == 0 ? null : t_sums!.Pointer;
            if (last)
            {
                Tiles(job, k, part, pairs, following, a + k0, aRow, i0, rows, j, columns, offsets, start, factors);
            }
            else
            {
                sums.C = t_sums!.Pointer;
                Tiles(sums, k, part, pairs, part + (nint)k * PanelColumns, a + k0, aRow, 0, rows, 0, PanelColumns, offsets, start, t_rows!.Pointer + 2 * MostRows);
            }
        }
    }

    [SkipLocalsInit]
    private static void Tiles(in ProductJob job, int k, float* panel, float* pairs, float* following, float* a, nint aRow, int i0, int rows, int j, int columns, float* offsets, float* start, float* factors)
    {
        float* memory = stackalloc float[TileKernel.MaxRows * PanelColumns + 16], spare = (float*)(((nint)memory + 63) & ~63);
        int tileRows = WinogradKernel.Rows(job.Width), done = 0;
        // what is added to C before the activation takes the way through memory, as do the columns of a last panel
        if (columns == PanelColumns && !job.Accumulate && rows >= tileRows && TileKernel.TakesColumns(job.Width))
        {
            int tiles = rows / tileRows;
            done = tiles * tileRows;
            float* next = ProductDriver.Next(following, panel, 0, done, tileRows, k, out nint nextStep);
            WinogradKernel.Column(job.Activation, tiles, k, a, aRow, panel, pairs, offsets, start, factors, job.Bias == null ? null : job.Bias + j,
                job.Residual == null ? null : job.Residual + i0 * job.ResidualRow + j, job.ResidualRow, job.C + i0 * job.CRow + j, job.CRow, next, nextStep);
            following = null;
        }

        for (int i = done; i < rows; i += tileRows)
        {
            int count = Math.Min(tileRows, rows - i);
            float* c = job.C + (i0 + i) * job.CRow + j;
            float* next = ProductDriver.Next(following, panel, i - done, rows - done, tileRows, k, out nint nextStep);
            WinogradKernel.Multiply(job.Width, count, k, a + i * aRow, aRow, panel, pairs, offsets + i, start == null ? null : start + i * PanelColumns, factors + i, spare, PanelColumns, next, nextStep);
            if (job.Accumulate) ProductDriver.Scale(spare, c, job.CRow, count, columns, 1, true);
            if (job.HasFinish) TileFinish.Apply(job, spare, PanelColumns, i0 + i, j, count, columns);
            else ProductDriver.Copy(spare, PanelColumns, c, job.CRow, count, columns);
        }
    }
}
