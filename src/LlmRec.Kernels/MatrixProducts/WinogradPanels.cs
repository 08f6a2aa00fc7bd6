namespace LlmRec.Kernels;

/// <summary>The right side of a product by Winograd's inner product, as the tiles want it: panels as in <see cref="PackedMatrix"/>, brought to the size of the rows of A.</summary>
internal unsafe struct WinogradPanels
{
    /// <summary>The panels times <see cref="Scale"/>; null where there is only <see cref="Narrow"/>.</summary>
    public float* Values;

    /// <summary>The panels as bfloat16, as they are, to be widened as they are needed.</summary>
    public ushort* Narrow;

    /// <summary>Minus the sum over the pairs of each column, times the square of the scale.</summary>
    public float* Pairs;

    /// <summary>A power of two.</summary>
    public float Scale;

    /// <summary>Minus the sums over the pairs of a panel's columns, one after the other in double precision.</summary>
    public static void SumPairs(float* panel, int rows, float* pairs)
    {
        const int Columns = TileKernel.PanelColumns;
        double* sums = stackalloc double[Columns];
        new Span<double>(sums, Columns).Clear();
        for (int p = 0; p < rows; p++, panel += Columns)
        {
            if (!WinogradTile.StartsPair(p, rows)) continue;
            for (int j = 0; j < Columns; j++) sums[j] += (double)panel[j] * panel[Columns + j];
        }

        for (int j = 0; j < Columns; j++) pairs[j] = (float)-sums[j];
    }
}
