using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmRec.Kernels;

/// <summary>
/// Walks a product in blocks: k in pieces that keep a panel of B in the second cache, rows in blocks whose part of A stays there too,
/// then panel by panel and tile by tile. Right sides that are not packed, and transposed left sides, are packed block by block.
/// </summary>
internal static unsafe class ProductDriver
{
    private const int PanelColumns = TileKernel.PanelColumns;

    /// <summary>Sums longer than this are cut; a panel of 32 columns then takes at most 256 KiB.</summary>
    private const int LongestSum = 2048;

    /// <summary>Elements of B packed at a time, 2 MiB.</summary>
    private const int RightBlock = 512 * 1024;

    /// <summary>Elements of A in a row block, 512 KiB.</summary>
    private const int LeftBlock = 128 * 1024;

    /// <summary>Multiply-adds below which a second thread costs more than it brings.</summary>
    private const long WorthAThread = 1_000_000;

    /// <summary>Most rows of A for which a row-major B is read where it lies.</summary>
    private const int InPlaceRows = 64;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_right;

    [ThreadStatic]
    private static AlignedBuffer<float>? t_left;

    /// <summary>One part of a product: these rows and columns of C.</summary>
    public delegate void Part(int rowFrom, int rowTo, int columnFrom, int columnTo);

    public static void Run(in ProductJob job, int threads)
    {
        if (job.M == 0 || job.N == 0) return;
        int parts = Parts((long)job.M * job.N * Math.Max(job.K, 1), threads);
        if (parts <= 1) Run(job, 0, job.M, 0, job.N);
        else RunParallel(job, parts);
    }

    /// <summary>How many threads a number of multiply-adds is worth.</summary>
    public static int Parts(long work, int threads) => (int)Math.Min(threads, work / WorthAThread);

    /// <summary>Cuts C into slices of whole tiles; every element is computed the same way wherever the cuts are.</summary>
    public static void ForSlices(in ProductJob job, int threads, bool packedRight, Part body)
    {
        // columns are cut where rows are few, or where every slice packs its part of B; more slices than threads even out what else the machine does
        bool byColumns = job.M < 8 * TileKernel.MaxRows * threads || (!packedRight && !job.Lower && job.N >= 4 * PanelColumns * threads);
        int unit = byColumns ? PanelColumns : TileKernel.MaxRows * 3;
        (int m, int n, int length) = (job.M, job.N, byColumns ? job.N : job.M);
        int units = (length + unit - 1) / unit;
        int slices = Math.Min(units, packedRight || job.Lower ? 4 * threads : threads);
        Parallel.For(0, slices, new ParallelOptions { MaxDegreeOfParallelism = threads }, s =>
        {
            int from = (int)((long)units * s / slices) * unit;
            int to = Math.Min(length, (int)((long)units * (s + 1) / slices) * unit);
            if (byColumns) body(0, m, from, to);
            else body(from, to, 0, n);
        });
    }

    private static void RunParallel(ProductJob job, int threads) =>
        ForSlices(job, threads, job.BLayout == RightLayout.Panels, (rowFrom, rowTo, columnFrom, columnTo) => Run(job, rowFrom, rowTo, columnFrom, columnTo));

    [SkipLocalsInit]
    private static void Run(in ProductJob job, int rowFrom, int rowTo, int columnFrom, int columnTo)
    {
        // between the pieces the sums rest in C, so a residual that is C itself and comes last forbids cutting
        bool residualLast = job.Residual != null && (job.Scale != 1 || job.Accumulate || job.Activation != Activation.None);
        int pieces = residualLast && job.Residual == job.C ? 1 : Math.Max(1, (job.K + LongestSum - 1) / LongestSum);
        int kLength = (job.K + pieces - 1) / pieces;
        if (job.Lower) columnTo = Math.Min(columnTo, (rowTo + PanelColumns - 1) / PanelColumns * PanelColumns);
        columnTo = Math.Min(columnTo, job.N);
        int tileRows = TileKernel.Rows(job.Width);
        int rowBlock = Math.Max(1, LeftBlock / Math.Max(kLength, 1) / tileRows) * tileRows;
        int columnBlock = job.BLayout == RightLayout.Panels ? columnTo - columnFrom : Math.Max(1, RightBlock / Math.Max(kLength, 1) / PanelColumns) * PanelColumns;

        for (int piece = 0; piece < pieces; piece++)
        {
            int k0 = piece * kLength, k = Math.Min(kLength, job.K - k0);
            bool first = piece == 0, last = piece == pieces - 1;
            for (int j0 = columnFrom; j0 < columnTo; j0 += columnBlock)
            {
                int j1 = Math.Min(columnTo, j0 + columnBlock);
                // few rows do not earn back the copying of B: whole panels are then read where they lie
                bool inPlace = job.BLayout == RightLayout.Rows && rowTo - rowFrom <= InPlaceRows;
                int packFrom = inPlace ? j1 - (j1 - j0) % PanelColumns : j0;
                float* right = Right(job, k0, k, packFrom, j1, out nint panelSize);
                for (int i0 = rowFrom; i0 < rowTo; i0 += rowBlock)
                {
                    int i1 = Math.Min(rowTo, i0 + rowBlock);
                    if (job.Lower && j0 > i1 - 1) continue;
                    if (job.AStep == 1)
                    {
                        if (j0 < packFrom) Block(job, k, job.A + i0 * job.ARow + k0, job.ARow, 1, 1, i0, i1, job.B + k0 * job.BRow + j0, PanelColumns, job.BRow, j0, packFrom, first, last);
                        Block(job, k, job.A + i0 * job.ARow + k0, job.ARow, 1, 1, i0, i1, right, panelSize, PanelColumns, packFrom, j1, first, last);
                    }
                    else
                    {
                        float* left = Left(job, k0, k, i0, i1, tileRows);
                        if (j0 < packFrom) Block(job, k, left, k, 1, tileRows, i0, i1, job.B + k0 * job.BRow + j0, PanelColumns, job.BRow, j0, packFrom, first, last);
                        Block(job, k, left, k, 1, tileRows, i0, i1, right, panelSize, PanelColumns, packFrom, j1, first, last);
                    }
                }
            }
        }
    }

    /// <summary>The panels of B (k0.., j0..): where they are, or packed into this thread's buffer.</summary>
    private static float* Right(in ProductJob job, int k0, int k, int j0, int j1, out nint panelSize)
    {
        if (job.BLayout == RightLayout.Panels)
        {
            panelSize = (nint)job.K * PanelColumns;
            return job.B + j0 / PanelColumns * panelSize + (nint)k0 * PanelColumns;
        }

        panelSize = (nint)k * PanelColumns;
        float* panels = Buffer(ref t_right, (int)Panels.Size(k, j1 - j0));
        if (job.BLayout == RightLayout.Rows)
            Panels.Pack(job.B + k0 * job.BRow + j0, job.BRow, k, j1 - j0, panels);
        else
            Panels.PackTransposed(job.B + j0 * job.BRow + k0, job.BRow, j1 - j0, k, panels);
        return panels;
    }

    /// <summary>Rows i0.. of a transposed A as tiles: A(i, p) at (i / t) · k · t + p · t + i % t.</summary>
    private static float* Left(in ProductJob job, int k0, int k, int i0, int i1, int tileRows)
    {
        float* tiles = Buffer(ref t_left, (i1 - i0 + tileRows) * k);
        for (int i = i0; i < i1; i += tileRows)
        {
            int rows = Math.Min(tileRows, i1 - i);
            float* tile = tiles + (nint)(i - i0) * k, source = job.A + i + k0 * job.AStep;
            for (int p = 0; p < k; p++, source += job.AStep, tile += tileRows)
            {
                if (rows == 8) Unsafe.CopyBlockUnaligned(tile, source, 32);
                else for (int r = 0; r < rows; r++) tile[r] = source[r];
            }
        }

        return tiles;
    }

    /// <summary>All tiles of C (i0..i1, j0..j1) for one piece of k. Left tiles are rows of A (leftTile 1) or interleaved by leftTile rows.</summary>
    [SkipLocalsInit]
    private static void Block(in ProductJob job, int k, float* left, nint leftRow, nint leftStep, int leftTile, int i0, int i1,
        float* right, nint panelSize, nint rightStep, int j0, int j1, bool first, bool last)
    {
        float* memory = stackalloc float[2 * TileKernel.MaxRows * PanelColumns + 16];
        float* spare = (float*)(((nint)memory + 63) & ~63), begin = spare + TileKernel.MaxRows * PanelColumns;
        int tileRows = TileKernel.Rows(job.Width);
        // a chain starts from bias and residual where nothing stands between: they cost no pass of their own, and a residual may be C itself
        bool chains = job.Scale == 1 && !job.Accumulate, chainsResidual = chains && job.Residual != null && job.Activation == Activation.None;
        ProductJob rest = job;
        if (chains) rest.Bias = null;
        if (chainsResidual) rest.Residual = null;
        bool fromC = job.Accumulate || !first, finish = last && rest.HasFinish;
        // a residual that is left over may be C itself, which must not be written before it was read
        bool direct = job.Scale == 1 && (rest.Residual == null || !finish);
        nint aRow = leftTile == 1 ? leftRow : 1, aStep = leftTile == 1 ? leftStep : leftTile;

        for (int j = j0; j < j1; j += PanelColumns, right += panelSize)
        {
            int columns = Math.Min(PanelColumns, j1 - j);
            bool whole = columns == PanelColumns, fetches = job.BLayout == RightLayout.Panels && j + PanelColumns < j1;
            float* following = fetches ? right + panelSize : null;
            if (whole && direct && chains && !fromC)
            {
                Column(job, rest, k, left, leftRow, aRow, aStep, i0, i1, right, rightStep, j, chainsResidual, finish, following);
                continue;
            }

            for (int i = i0; i < i1; i += tileRows)
            {
                int rows = Math.Min(tileRows, i1 - i);
                if (job.Lower && j > i + rows - 1) continue;
                float* a = left + (i - i0) * leftRow, c = job.C + i * job.CRow + j;
                Prefetch(c, job.CRow, rows);
                float* next = Next(following, right, i - i0, i1 - i0, tileRows, k, out nint nextStep);
                if (direct && whole)
                {
                    TileKernel.Multiply(job.Width, rows, k, a, aRow, aStep, right, rightStep, c, job.CRow, c, job.CRow, null, next, nextStep);
                    if (finish) TileFinish.Apply(rest, c, job.CRow, i, j, rows, columns);
                    continue;
                }

                float* start = null;
                nint startRow = PanelColumns;
                if (fromC && job.Scale == 1)
                {
                    Copy(c, job.CRow, spare, PanelColumns, rows, columns);
                    start = spare;
                }
                else if (!fromC && chains)
                {
                    start = Start(job, i, j, rows, columns, chainsResidual, begin, ref startRow);
                }

                TileKernel.Multiply(job.Width, rows, k, a, aRow, aStep, right, rightStep, spare, PanelColumns, start, startRow, null, next, nextStep);
                if (job.Scale != 1) Scale(spare, c, job.CRow, rows, columns, job.Scale, fromC);
                if (finish) TileFinish.Apply(rest, spare, PanelColumns, i, j, rows, columns);
                else Copy(spare, PanelColumns, c, job.CRow, rows, columns);
            }
        }
    }

    /// <summary>The tiles of 32 whole columns whose chains start from zero, bias or residual, which is nearly all tiles: with as little as can be between one and the next.</summary>
    private static void Column(in ProductJob job, in ProductJob rest, int k, float* left, nint leftRow, nint aRow, nint aStep, int i0, int i1, float* right, nint rightStep, int j, bool residual, bool finish, float* following)
    {
        int tileRows = TileKernel.Rows(job.Width);
        float* bias = job.Bias == null ? null : job.Bias + j, start = bias, plus = null, c = job.C + i0 * job.CRow + j, first = null;
        nint startRow = 0;
        if (residual)
        {
            // the tile adds the bias itself: by way of memory it would wait until all stores before have ended
            start = first = job.Residual + i0 * job.ResidualRow + j;
            startRow = job.ResidualRow;
            plus = bias;
        }

        bool inPlace = first == c && startRow == job.CRow;
        float* firstAfter = residual && j + PanelColumns < job.N ? first + PanelColumns : null;
        if (!job.Lower && i1 - i0 >= tileRows && TileKernel.TakesColumns(job.Width))
        {
            int tiles = (i1 - i0) / tileRows, done = tiles * tileRows;
            float* next = Next(following, right, 0, done, tileRows, k, out nint nextStep);
            TileKernel.Column(finish ? rest.Activation : Activation.None, tiles, k, left, aRow, aStep, tileRows * leftRow, right, rightStep, c, job.CRow, start, startRow, plus, next, nextStep, !inPlace, firstAfter);
            i0 += done;
            left += done * leftRow;
            c += done * job.CRow;
            start += done * startRow;
            following = null;
        }

        for (int i = i0; i < i1; i += tileRows, left += tileRows * leftRow, c += tileRows * job.CRow, start += tileRows * startRow)
        {
            int rows = Math.Min(tileRows, i1 - i);
            if (job.Lower && j > i + rows - 1) continue;
            if (!inPlace) Prefetch(c, job.CRow, rows);
            // the chains of the next tile begin with its residual: waiting for it there would cost one and a half per cent
            if (residual && i + rows < i1) Prefetch(start + rows * startRow, startRow, Math.Min(tileRows, i1 - i - rows));
            else if (firstAfter != null) Prefetch(firstAfter, startRow, Math.Min(tileRows, i1 - i0));
            float* next = Next(following, right, i - i0, i1 - i0, tileRows, k, out nint nextStep);
            TileKernel.Multiply(job.Width, rows, k, left, aRow, aStep, right, rightStep, c, job.CRow, start, startRow, plus, next, nextStep);
            if (finish) TileFinish.Apply(rest, c, job.CRow, i, j, rows, PanelColumns);
        }
    }

    /// <summary>What a tile fetches of the panel that follows: the first two half of it each; a single one every other line, whose neighbour comes along.</summary>
    public static float* Next(float* following, float* right, int row, int rows, int tileRows, int k, out nint step)
    {
        step = following == null || row >= 2 * tileRows ? 0 : rows > tileRows ? 16 : 32;
        return step == 0 ? right : following + (row == 0 ? 0 : (nint)k * 16);
    }

    /// <summary>What the chains of a tile start from, bias, residual or their sum: where they lie, or in <paramref name="begin"/> (8, 32); null for zero.</summary>
    private static float* Start(in ProductJob job, int i, int j, int rows, int columns, bool residual, float* begin, ref nint startRow)
    {
        float* bias = job.Bias == null ? null : job.Bias + j, other = residual ? job.Residual + i * job.ResidualRow + j : null;
        if (other == null)
        {
            startRow = 0;
            if (bias == null || columns == PanelColumns) return bias;
            new ReadOnlySpan<float>(bias, columns).CopyTo(new Span<float>(begin, PanelColumns));
            return begin;
        }

        startRow = PanelColumns;
        if (bias == null)
        {
            Copy(other, job.ResidualRow, begin, PanelColumns, rows, columns);
        }
        else
        {
            for (int r = 0; r < rows; r++, other += job.ResidualRow)
                TensorPrimitives.Add(new ReadOnlySpan<float>(other, columns), new ReadOnlySpan<float>(bias, columns), new Span<float>(begin + r * PanelColumns, columns));
        }

        return begin;
    }

    /// <summary>Fetches a tile of C while it is computed: a C that fits no cache would otherwise be waited for when it is stored.</summary>
    public static void Prefetch(float* c, nint cRow, int rows)
    {
        if (!Sse.IsSupported) return;
        for (int r = 0; r < rows; r++, c += cRow)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + PanelColumns / 2);
        }
    }

    public static void Copy(float* source, nint sourceRow, float* target, nint targetRow, int rows, int columns)
    {
        for (int r = 0; r < rows; r++)
            new ReadOnlySpan<float>(source + r * sourceRow, columns).CopyTo(new Span<float>(target + r * targetRow, columns));
    }

    /// <summary>tile = scale · tile [+ c].</summary>
    public static void Scale(float* tile, float* c, nint cRow, int rows, int columns, float scale, bool accumulate)
    {
        for (int r = 0; r < rows; r++, tile += PanelColumns, c += cRow)
        {
            Span<float> row = new(tile, columns);
            if (accumulate) TensorPrimitives.MultiplyAdd(row, scale, new ReadOnlySpan<float>(c, columns), row);
            else TensorPrimitives.Multiply(row, scale, row);
        }
    }

    private static float* Buffer(ref AlignedBuffer<float>? buffer, int length)
    {
        if (buffer is null || buffer.Length < length) buffer = new AlignedBuffer<float>(length);
        return buffer.Pointer;
    }
}
