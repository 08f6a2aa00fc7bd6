using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>Walks a product with int8 weights: rows are quantised in blocks that stay in the second cache, then panel by panel, tile by tile.</summary>
internal static unsafe class QuantizedDriver
{
    private const int PanelColumns = ByteTile.PanelColumns;

    /// <summary>Bytes of quantised rows in a block.</summary>
    private const int LeftBlock = 128 * 1024;

    [ThreadStatic]
    private static AlignedBuffer<byte>? t_left;

    public static void Run(in ProductJob job, QuantizedMatrix b, int threads)
    {
        if (job.M == 0) return;
        // half a multiply-add of float32's time, twice the work to be worth a thread
        int parts = ProductDriver.Parts((long)job.M * job.N * job.K / 2, threads);
        if (parts <= 1) Run(job, b, 0, job.M, 0, job.N);
        else RunParallel(job, b, parts);
        GC.KeepAlive(b);
    }

    private static void RunParallel(ProductJob job, QuantizedMatrix b, int threads) =>
        ProductDriver.ForSlices(job, threads, packedRight: true, (rowFrom, rowTo, columnFrom, columnTo) => Run(job, b, rowFrom, rowTo, columnFrom, columnTo));

    [SkipLocalsInit]
    private static void Run(in ProductJob job, QuantizedMatrix b, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        int tileRows = ByteKernel.Rows(ByteKernel.Narrow(job.Width)), rowBytes = b.Steps * ByteTile.Step;
        int block = Math.Max(1, LeftBlock / rowBytes / tileRows) * tileRows;
        if (t_left is null || t_left.Length < block * rowBytes) t_left = new AlignedBuffer<byte>(block * rowBytes);
        byte* left = t_left.Pointer;
        float* factors = stackalloc float[block], offsets = stackalloc float[block];
        ByteScales scales = new(factors, offsets);
        for (int i0 = rowFrom; i0 < rowTo; i0 += block)
        {
            int rows = Math.Min(block, rowTo - i0);
            for (int i = 0; i < rows; i++)
            {
                if (!RowQuantizer.Quantize(job.Width, job.A + (i0 + i) * job.ARow, job.K, left + i * rowBytes, rowBytes, out factors[i], out offsets[i]))
                    throw new ArithmeticException($"row {i0 + i} of A holds NaN or infinity, or its range overflows; such a row cannot be quantised");
            }

            for (int j = columnFrom; j < columnTo; j += PanelColumns)
                Panel(job, b, left, scales, i0, rows, j, Math.Min(PanelColumns, columnTo - j), j + PanelColumns < columnTo);
        }
    }

    /// <summary>The tiles of a panel's columns for a block of rows.</summary>
    [SkipLocalsInit]
    private static void Panel(in ProductJob job, QuantizedMatrix b, byte* left, ByteScales scales, int i0, int rows, int j, int columns, bool follows)
    {
        float* memory = stackalloc float[TileKernel.MaxRows * PanelColumns + 16], spare = (float*)(((nint)memory + 63) & ~63);
        LaneWidth width = ByteKernel.Narrow(job.Width);
        int tileRows = ByteKernel.Rows(width), rowBytes = b.Steps * ByteTile.Step, done = 0;
        nint size = (nint)b.Steps * ByteTile.StepBytes, fetch = follows ? 2 * 64 : 0;
        sbyte* panel = b.Panels + j / PanelColumns * size, next = follows ? panel + size : panel;
        ByteScales ofColumns = new(b.ScalePointer + j, b.SumPointer + j);
        // what is scaled, or added to C before the activation, takes the way through memory, as do the columns of a last panel
        if (columns == PanelColumns && job.Scale == 1 && !job.Accumulate && rows >= tileRows && TileKernel.TakesColumns(width))
        {
            int tiles = rows / tileRows;
            done = tiles * tileRows;
            ByteKernel.Column(job.Activation, tiles, b.Steps, left, rowBytes, scales, panel, ofColumns, job.Bias == null ? null : job.Bias + j,
                job.Residual == null ? null : job.Residual + i0 * job.ResidualRow + j, job.ResidualRow, job.C + i0 * job.CRow + j, job.CRow, next, tiles == 1 ? 2 * fetch : fetch);
            fetch = 0;
        }

        for (int i = done; i < rows; i += tileRows, fetch = 0)
        {
            int count = Math.Min(tileRows, rows - i);
            float* c = job.C + (i0 + i) * job.CRow + j;
            ByteKernel.Multiply(width, count, b.Steps, left + i * rowBytes, rowBytes, scales.From(i), panel, ofColumns, spare, PanelColumns, fetch == 0 ? panel : next, 2 * fetch);
            if (job.Scale != 1 || job.Accumulate) ProductDriver.Scale(spare, c, job.CRow, count, columns, job.Scale, job.Accumulate);
            if (job.HasFinish) TileFinish.Apply(job, spare, PanelColumns, i0 + i, j, count, columns);
            else ProductDriver.Copy(spare, PanelColumns, c, job.CRow, count, columns);
        }
    }
}
