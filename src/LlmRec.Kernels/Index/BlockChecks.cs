namespace LlmRec.Kernels;

/// <summary>Remembers which blocks of a chunk in a file have been verified. Two readers may verify a block at once; that is harmless.</summary>
/// <param name="file">The file.</param>
/// <param name="first">The chunk's first row in the file; chunks begin where blocks do.</param>
/// <param name="rows">Rows of the chunk.</param>
internal sealed class BlockChecks(IndexFile file, int first, int rows)
{
    private readonly bool[] _verified = new bool[(rows + IndexFileLayout.BlockRows - 1) / IndexFileLayout.BlockRows];
    private int _left = (rows + IndexFileLayout.BlockRows - 1) / IndexFileLayout.BlockRows;

    /// <summary>Verifies the blocks that hold rows <paramref name="from"/> to <paramref name="to"/> − 1 of the chunk, where that has not been done.</summary>
    /// <exception cref="InvalidDataException">A block is damaged.</exception>
    public void Verify(int from, int to)
    {
        if (Volatile.Read(ref _left) == 0) return;
        for (int block = from / IndexFileLayout.BlockRows; block * IndexFileLayout.BlockRows < to; block++)
        {
            if (Volatile.Read(ref _verified[block])) continue;
            file.VerifyBlock(first / IndexFileLayout.BlockRows + block);
            if (!Interlocked.Exchange(ref _verified[block], true)) Interlocked.Decrement(ref _left);
        }
    }
}
