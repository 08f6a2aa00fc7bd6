using System.Runtime.InteropServices;

namespace LlmRec;

/// <summary>The categories of the candidates and of the items shown before, numbered, and the user's mix of them.</summary>
internal sealed class CategoryTable
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<int> _members = [], _starts = [];
    private readonly List<double> _mix = [];

    /// <summary>Number of categories C.</summary>
    public int Count => _names.Count;

    /// <summary>p(c|user), C values that sum to 1; all 0 when there are no categories.</summary>
    public ReadOnlySpan<double> Mix => CollectionsMarshal.AsSpan(_mix);

    /// <summary>Categories of candidate i, or of shown item i − n; each once.</summary>
    public ReadOnlySpan<int> Of(int i) => CollectionsMarshal.AsSpan(_members)[_starts[i].._starts[i + 1]];

    /// <summary>Reads the input of a run.</summary>
    /// <exception cref="ArgumentException">A weight of the user's mix is negative or not finite.</exception>
    public void Read(RankedCandidates candidates)
    {
        _numbers.Clear();
        _names.Clear();
        _members.Clear();
        _starts.Clear();
        _mix.Clear();
        for (int i = 0; i < candidates.Count; i++)
            Add(candidates.Items.Count == 0 ? null : candidates.Items[i]);
        for (int i = 0; i < candidates.ShownItems.Count; i++)
            Add(candidates.ShownItems[i]);
        _starts.Add(_members.Count);

        double total = 0;
        foreach ((string category, float weight) in candidates.Taste)
        {
            if (!(weight >= 0 && float.IsFinite(weight)))
                throw new ArgumentException($"the user's mix gives category '{category}' the weight {weight}: weights are finite and at least 0", nameof(candidates));
            if (weight > 0)
                Number(category);
            total += weight;
        }
        CollectionsMarshal.SetCount(_mix, Count);
        Span<double> mix = CollectionsMarshal.AsSpan(_mix);
        mix.Clear();
        if (total > 0)
        {
            foreach ((string category, float weight) in candidates.Taste)
                if (weight > 0)
                    mix[_numbers[category]] = weight / total;
            return;
        }

        // Nothing is known of the user: the candidates' own mix stands for the taste.
        for (int i = 0; i < candidates.Count; i++)
        {
            ReadOnlySpan<int> own = Of(i);
            foreach (int c in own)
                mix[c] += 1.0 / own.Length;
        }
        double sum = 0;
        foreach (double m in mix)
            sum += m;
        for (int c = 0; c < mix.Length; c++)
            mix[c] /= sum;
    }

    /// <summary>Replaces the user's mix, for input whose mix is known in double precision.</summary>
    internal void SetMix(Func<string, double> mix)
    {
        for (int c = 0; c < Count; c++)
            _mix[c] = mix(_names[c]);
    }

    private void Add(Item? item)
    {
        _starts.Add(_members.Count);
        if (item is null)
            return;
        int start = _members.Count;
        for (int i = 0; i < item.Categories.Count; i++)
        {
            int number = Number(item.Categories[i]);
            if (_members.IndexOf(number, start) < 0)
                _members.Add(number);
        }
    }

    private int Number(string category)
    {
        if (!_numbers.TryGetValue(category, out int number))
        {
            number = _names.Count;
            _numbers.Add(category, number);
            _names.Add(category);
        }
        return number;
    }
}
