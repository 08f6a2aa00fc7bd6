using System.Runtime.CompilerServices;

namespace LlmRec.Kernels;

/// <summary>
/// Which rows a search may return, asked inside the scan: a bitmap, a predicate, or both (then both must agree). The default
/// value lets every row pass.
/// </summary>
/// <remarks>
/// The bitmap is the cheap one: a row whose bit is clear is not even read. The predicate is asked only for rows that would enter
/// the result, from several threads at once when the search uses several; it must answer the same for the same row throughout.
/// </remarks>
public readonly ref struct RowFilter
{
    private readonly ReadOnlySpan<ulong> _allowed;

    /// <summary>Combines a bitmap and an optional predicate.</summary>
    /// <param name="allowed">Bit i mod 64 of word i div 64 is set when row (or key) i may be returned; what lies beyond the end may not.</param>
    /// <param name="predicate">Asked for the row (or key); <c>null</c> to ask nothing.</param>
    public RowFilter(ReadOnlySpan<ulong> allowed, Func<int, bool>? predicate = null)
    {
        _allowed = allowed;
        HasBitmap = true;
        Predicate = predicate;
    }

    /// <summary>Filters by a predicate alone.</summary>
    /// <param name="predicate">Asked for the row (or key); <c>null</c> lets every row pass.</param>
    public RowFilter(Func<int, bool>? predicate) => Predicate = predicate;

    /// <summary>The bitmap; empty when there is none.</summary>
    public ReadOnlySpan<ulong> Allowed => _allowed;

    /// <summary>True when a bitmap was given, even an empty one, which lets nothing pass.</summary>
    public bool HasBitmap { get; }

    /// <summary>The predicate, or <c>null</c>.</summary>
    public Func<int, bool>? Predicate { get; }

    /// <summary>A bitmap as a filter.</summary>
    /// <param name="allowed">Bit i set: row i may be returned.</param>
    public static implicit operator RowFilter(ReadOnlySpan<ulong> allowed) => new(allowed);

    /// <summary>A bitmap as a filter.</summary>
    /// <param name="allowed">Bit i set: row i may be returned.</param>
    /// <exception cref="ArgumentNullException"><paramref name="allowed"/> is null.</exception>
    public static implicit operator RowFilter(ulong[] allowed)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        return new(allowed);
    }

    /// <summary>True when row <paramref name="i"/> may be returned.</summary>
    public bool Passes(int i) => InBitmap(i) && (Predicate is null || Predicate(i));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool InBitmap(int i)
    {
        if (!HasBitmap) return true;
        uint word = (uint)i >> 6;
        return word < (uint)_allowed.Length && (_allowed[(int)word] >> (i & 63) & 1) != 0;
    }
}
