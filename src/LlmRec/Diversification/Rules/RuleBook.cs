using System.Runtime.InteropServices;

namespace LlmRec;

/// <summary>
/// The rules of one run, in numbers. Every (rule, kind) that matters is a counter; candidates with the same counters form a group, and
/// only groups matter to what can still be done.
/// </summary>
internal sealed partial class RuleBook
{
    private readonly Dictionary<(int Rule, string Value), int> _numbers = [];
    private readonly List<Counter> _counters = [];
    private readonly List<int[]> _groups = [];          // counters of each group, ascending
    private readonly Dictionary<string, int> _groupOf = [];
    private readonly List<int> _groupOfCandidate = [], _available = [];
    private readonly List<int> _own = [];
    private readonly List<bool> _active = [];
    private IReadOnlyList<ListRule> _rules = [];

    private struct Counter
    {
        public int Rule, Count, Last;
        public RuleKind Kind;
        public int Bound;
    }

    /// <summary>Position of the next pick; shown items lie before 0.</summary>
    private int _position;

    /// <summary>True when there are rules to keep.</summary>
    public bool IsEmpty => _rules.Count == 0;

    /// <summary>True when places matter.</summary>
    public bool HasDistances { get; private set; }

    /// <summary>Number of picks the rules allow, known after <see cref="Plan"/>.</summary>
    public int Length { get; private set; }

    /// <summary>Reads rules and items.</summary>
    /// <exception cref="ArgumentException">There are rules but no items.</exception>
    public void Read(IReadOnlyList<ListRule> rules, RankedCandidates candidates)
    {
        _rules = rules;
        HasDistances = false;
        for (int r = 0; r < rules.Count; r++)
            HasDistances |= rules[r].Kind == RuleKind.Apart;
        if (rules.Count == 0)
            return;
        if (candidates.Items.Count != candidates.Count)
            throw new ArgumentException("the rules look at items, and the candidates have none: set Items", nameof(candidates));
        _numbers.Clear();
        _counters.Clear();
        _groups.Clear();
        _groupOf.Clear();
        _groupOfCandidate.Clear();
        _available.Clear();
        _active.Clear();
        _position = 0;
        for (int r = 0; r < rules.Count; r++)
        {
            _active.Add(true);
            if (rules[r].Kind == RuleKind.AtLeast)
                Number(r, rules[r].Value!); // a minimum counts even when no candidate is of its kind
        }
        for (int i = 0; i < candidates.Count; i++)
        {
            CountersOf(candidates.Items[i]);
            string key = string.Join(',', _own);
            if (!_groupOf.TryGetValue(key, out int group))
            {
                _groupOf.Add(key, group = _groups.Count);
                _groups.Add([.. _own]);
                _available.Add(0);
            }
            _groupOfCandidate.Add(group);
            _available[group]++;
        }
        for (int m = 0; m < candidates.ShownItems.Count; m++)
        {
            CountersOf(candidates.ShownItems[m]);
            foreach (int c in _own)
                if (_counters[c].Kind == RuleKind.Apart)
                    CollectionsMarshal.AsSpan(_counters)[c].Last = m - candidates.ShownItems.Count;
        }
    }

    /// <summary>True when no cap and no distance holds the candidate back at this step.</summary>
    public bool Allows(int candidate) => Open(_groupOfCandidate[candidate], CollectionsMarshal.AsSpan(_counters), _position);

    /// <summary>Takes a pick into account.</summary>
    public void Add(int candidate)
    {
        int group = _groupOfCandidate[candidate];
        Take(group, CollectionsMarshal.AsSpan(_counters), _position++);
        _available[group]--;
    }

    /// <summary>The group of a candidate: what is said of one member holds for all.</summary>
    public int GroupOf(int candidate) => _groupOfCandidate[candidate];

    /// <summary>A sentence for each rule that the list does not meet.</summary>
    public void Report(DiversityNotes notes, int picked, int wanted)
    {
        for (int c = 0; c < _counters.Count; c++)
        {
            Counter counter = _counters[c];
            if (counter.Kind == RuleKind.AtLeast && counter.Count < counter.Bound)
                notes.Add($"{_rules[counter.Rule]}: the list has {counter.Count}; {WhyNot(counter.Rule)}");
        }
        if (picked < wanted)
        {
            string caps = string.Join("; ", _rules.Where(r => r.Kind != RuleKind.AtLeast).Select(r => r.ToString()));
            notes.Add($"the list has {picked} of {wanted} items: no further candidate is allowed by {(caps.Length == 0 ? "the rules" : caps)}");
        }
    }

    private string WhyNot(int rule)
    {
        string value = _rules[rule].Value!;
        int exist = 0;
        for (int g = 0; g < _groups.Count; g++)
            if (_groups[g].Contains(_numbers[(rule, value)]))
                exist += _groupOfCandidate.Count(x => x == g);
        return exist < _rules[rule].Count ? $"there are only {exist} such candidates" : "the length, the caps or an earlier minimum leave no room";
    }

    private void CountersOf(Item item)
    {
        _own.Clear();
        for (int r = 0; r < _rules.Count; r++)
        {
            ListRule rule = _rules[r];
            foreach (string value in rule.Facet.ValuesOf(item))
            {
                if (rule.Value is { } only && only != value)
                    continue;
                int number = Number(r, value);
                if (!_own.Contains(number))
                    _own.Add(number);
            }
        }
        _own.Sort();
    }

    private int Number(int rule, string value)
    {
        if (_numbers.TryGetValue((rule, value), out int number))
            return number;
        number = _counters.Count;
        _numbers.Add((rule, value), number);
        _counters.Add(new() { Rule = rule, Kind = _rules[rule].Kind, Bound = _rules[rule].Count, Last = int.MinValue / 2 });
        return number;
    }

    private bool Open(int group, ReadOnlySpan<Counter> counters, int position)
    {
        foreach (int c in _groups[group])
        {
            ref readonly Counter counter = ref counters[c];
            if (counter.Kind == RuleKind.AtMost && counter.Count >= counter.Bound)
                return false;
            if (counter.Kind == RuleKind.Apart && position - counter.Last < counter.Bound)
                return false;
        }
        return true;
    }

    private void Take(int group, Span<Counter> counters, int position)
    {
        foreach (int c in _groups[group])
        {
            counters[c].Count++;
            counters[c].Last = position;
        }
    }
}
