using System.Text;

namespace LlmRec.Transformers;

/// <summary>
/// The Unicode normalisation forms (UAX 15), with the tables and the alignment rules of the reference library: of a
/// decomposed character the first part replaces it and the others are insertions, and marks carry this along when they are
/// put in order; a composition adds up what its parts did, less one.
/// </summary>
internal sealed class UnicodeNormalizer(bool compatibility, bool compose) : TextNormalizer
{
    private readonly CodePointMap _map = compatibility ? CodePoints.Compatibility : CodePoints.Canonical;

    [ThreadStatic]
    private static Workspace? t_workspace;

    public override void Apply(AlignedText text)
    {
        if (Ascii.IsValid(text.Span)) return;
        Workspace w = t_workspace ??= new();
        w.Count = 0;
        text.Begin();
        ReadOnlySpan<char> chars = text.Span;
        for (int i = 0; i < chars.Length;)
        {
            // ASCII is a starter that never changes; all but the last of a run are done with at once.
            int run = chars[i..].IndexOfAnyExceptInRange('\0', '\u007F');
            if (run < 0) run = chars.Length - i;
            if (run > 1)
            {
                Flush(w, text);
                text.EmitRun(i, run - 1);
                i += run - 1;
            }
            int c = CodePoints.At(chars, i, out int units);
            Decompose(c, w, text);
            i += units;
        }
        Flush(w, text);
        text.Commit();
    }

    private void Decompose(int c, Workspace w, AlignedText text)
    {
        if ((uint)(c - 0xAC00) < 11172)
        {
            int s = c - 0xAC00;
            Push(0x1100 + s / 588, 0, w, text);
            Push(0x1161 + s % 588 / 28, 1, w, text);
            if (s % 28 > 0) Push(0x11A7 + s % 28, 1, w, text);
            return;
        }
        if (!_map.TryGet(c, out ReadOnlySpan<char> parts))
        {
            Push(c, 0, w, text);
            return;
        }
        for (int j = 0, units; j < parts.Length; j += units) Push(CodePoints.At(parts, j, out units), j == 0 ? 0 : 1, w, text);
    }

    /// <summary>Collects a starter with the marks after it; the next starter that cannot join them sets them free.</summary>
    private void Push(int c, int change, Workspace w, AlignedText text)
    {
        byte order = CodePoints.Order(c);
        if (order == 0)
        {
            // A composition may swallow a starter only when nothing stands between (Hangul, a few Indic vowels).
            if (compose && w.Count > 0)
            {
                SortTail(w);
                ComposeMarks(w);
                if (w.Count == 1 && CodePoints.Order(w.Items[0].CodePoint) == 0 && CodePoints.Compose(w.Items[0].CodePoint, c) is >= 0 and int composed)
                {
                    w.Items[0] = (composed, w.Items[0].Change + change - 1, 0);
                    return;
                }
                EmitAll(w, text);
            }
            else
            {
                Flush(w, text);
            }
        }
        w.Add(c, change, order);
    }

    private void Flush(Workspace w, AlignedText text)
    {
        if (w.Count == 0) return;
        SortTail(w);
        if (compose) ComposeMarks(w);
        EmitAll(w, text);
    }

    private static void EmitAll(Workspace w, AlignedText text)
    {
        for (int i = 0; i < w.Count; i++) text.Emit(w.Items[i].CodePoint, w.Items[i].Change);
        w.Count = 0;
    }

    /// <summary>Canonical ordering: a stable sort of the marks by combining class.</summary>
    private static void SortTail(Workspace w)
    {
        int first = w.Count > 0 && w.Items[0].Order == 0 ? 1 : 0;
        if (w.Count - first < 2) return;
        bool sorted = true;
        for (int i = first + 1; i < w.Count; i++) sorted &= w.Items[i - 1].Order <= w.Items[i].Order;
        if (!sorted) w.CountingSort(first);
    }

    private static void ComposeMarks(Workspace w)
    {
        if (w.Count < 2 || w.Items[0].Order != 0) return;
        int kept = 1, last = -1;
        for (int i = 1; i < w.Count; i++)
        {
            (int c, int change, byte order) = w.Items[i];
            if (last < order && CodePoints.Compose(w.Items[0].CodePoint, c) is >= 0 and int composed)
            {
                w.Items[0] = (composed, w.Items[0].Change + change - 1, 0);
                continue;
            }
            w.Items[kept++] = (c, change, order);
            last = order;
        }
        w.Count = kept;
    }

    private sealed class Workspace
    {
        public (int CodePoint, int Change, byte Order)[] Items = new (int, int, byte)[32];
        private (int CodePoint, int Change, byte Order)[] _sorted = new (int, int, byte)[32];
        private readonly int[] _counts = new int[257];

        public int Count;

        public void Add(int codePoint, int change, byte order)
        {
            if (Count == Items.Length)
            {
                Array.Resize(ref Items, Count * 2);
                Array.Resize(ref _sorted, Count * 2);
            }
            Items[Count++] = (codePoint, change, order);
        }

        /// <summary>Stable and linear: a hostile text may hang a million marks on one letter.</summary>
        public void CountingSort(int first)
        {
            Array.Clear(_counts);
            for (int i = first; i < Count; i++) _counts[Items[i].Order + 1]++;
            for (int i = 1; i < _counts.Length; i++) _counts[i] += _counts[i - 1];
            for (int i = first; i < Count; i++) _sorted[first + _counts[Items[i].Order]++] = Items[i];
            Array.Copy(_sorted, first, Items, first, Count - first);
        }
    }
}
