using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
        LaneWidth width = ByteTile.Narrow(job.Width);
        int tileRows = ByteTile.Rows(width), rowBytes = b.Steps * ByteTile.Step;
        int block = Math.Max(1, LeftBlock / rowBytes / tileRows) * tileRows;
        if (t_left is null || t_left.Length < block * rowBytes) t_left = new AlignedBuffer<byte>(block * rowBytes);
        byte* left = t_left.Pointer;
        float* scales = stackalloc float[block], zeros = stackalloc float[block];
        int* sums = stackalloc int[8 * PanelColumns + 16];
        float* spare = stackalloc float[8 * PanelColumns + 16];
        sums = (int*)(((nint)sums + 63) & ~63);
        spare = (float*)(((nint)spare + 63) & ~63);
        bool direct = job.Scale == 1 && !job.Accumulate && !job.HasFinish;

        for (int i0 = rowFrom; i0 < rowTo; i0 += block)
        {
            int i1 = Math.Min(rowTo, i0 + block);
            for (int i = i0; i < i1; i++)
            {
                if (!RowQuantizer.Quantize(job.Width, job.A + i * job.ARow, job.K, left + (i - i0) * rowBytes, rowBytes, out scales[i - i0], out zeros[i - i0]))
                    throw new ArithmeticException($"row {i} of A holds NaN or infinity, or its range overflows; such a row cannot be quantised");
            }

            for (int j = columnFrom; j < columnTo; j += PanelColumns)
            {
                int columns = Math.Min(PanelColumns, columnTo - j);
                sbyte* panel = b.Panels + (nint)(j / PanelColumns) * b.Steps * ByteTile.StepBytes;
                for (int i = i0; i < i1; i += tileRows)
                {
                    int rows = Math.Min(tileRows, i1 - i);
                    float* c = job.C + i * job.CRow + j;
                    ProductDriver.Prefetch(c, job.CRow, rows);
                    ByteTile.Multiply(width, rows, b.Steps, left + (i - i0) * rowBytes, rowBytes, panel, sums);
                    bool whole = direct && columns == PanelColumns;
                    Dequantize(job.Width, sums, scales + (i - i0), zeros + (i - i0), b.ScalePointer + j, b.SumPointer + j, rows, whole ? c : spare, whole ? job.CRow : PanelColumns);
                    if (whole) continue;
                    if (job.Scale != 1 || job.Accumulate) ProductDriver.Scale(spare, c, job.CRow, rows, columns, job.Scale, job.Accumulate);
                    if (job.HasFinish) TileFinish.Apply(job, spare, PanelColumns, i, j, rows, columns);
                    else ProductDriver.Copy(spare, PanelColumns, c, job.CRow, rows, columns);
                }
            }
        }
    }

    private static void Dequantize(LaneWidth width, int* sums, float* rowScales, float* rowZeros, float* columnScales, float* columnSums, int rows, float* target, nint targetRow)
    {
        switch (width)
        {
            case LaneWidth.V512: Dequantize<Lanes512, Vector512<float>>(sums, rowScales, rowZeros, columnScales, columnSums, rows, target, targetRow); break;
            case LaneWidth.V256: Dequantize<Lanes256, Vector256<float>>(sums, rowScales, rowZeros, columnScales, columnSums, rows, target, targetRow); break;
            case LaneWidth.V128: Dequantize<Lanes128, Vector128<float>>(sums, rowScales, rowZeros, columnScales, columnSums, rows, target, targetRow); break;
            default: Dequantize<LanesScalar, float>(sums, rowScales, rowZeros, columnScales, columnSums, rows, target, targetRow); break;
        }
    }

    /// <summary>target(i, j) = rowScale(i) · columnScale(j) · (sum(i, j) − rowZero(i) · columnSum(j)), whole panels.</summary>
    private static void Dequantize<TLanes, TVector>(int* sums, float* rowScales, float* rowZeros, float* columnScales, float* columnSums, int rows, float* target, nint targetRow)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        for (int r = 0; r < rows; r++, sums += PanelColumns, target += targetRow)
        {
            TVector zero = TLanes.Create(-rowZeros[r]), scale = TLanes.Create(rowScales[r]);
            for (int q = 0; q < PanelColumns; q += TLanes.Count)
            {
                TVector x = TLanes.MultiplyAdd(zero, TLanes.Load(columnSums + q), TLanes.FromInt32(sums + q));
                TLanes.Store(TLanes.Multiply(TLanes.Multiply(x, scale), TLanes.Load(columnScales + q)), target + q);
            }
        }
    }
}
