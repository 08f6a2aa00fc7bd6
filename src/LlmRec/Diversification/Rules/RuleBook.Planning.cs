using System.Runtime.InteropServices;

namespace LlmRec;

/// <summary>What can still be done: a search for one way to finish the list.</summary>
internal sealed partial class RuleBook
{
    /// <summary>
    /// Nodes a search may visit. To finish a list under overlapping caps and minimums is set packing, hence hard in general; real lists are
    /// finished at the first try. A search that runs out counts as "possible", and the report tells what then was not met.
    /// </summary>
    private const int MostNodes = 4000;

    private readonly List<int> _excluded = [];
    private int _nodes;

    /// <summary>Finds the longest list the caps allow, and which minimums can be met in it, in the order of the rules.</summary>
    public void Plan(int wanted)
    {
        for (int r = 0; r < _rules.Count; r++)
            _active[r] = _rules[r].Kind != RuleKind.AtLeast;
        Length = wanted;
        while (Length > 0 && !CanFinish(-1))
            Length--;
        for (int r = 0; r < _rules.Count; r++)
        {
            if (_rules[r].Kind != RuleKind.AtLeast)
                continue;
            _active[r] = true;
            if (!CanFinish(-1))
                _active[r] = false;
        }
    }

    /// <summary>True when the list can still be finished after a pick of this group (−1: as it stands).</summary>
    public bool CanFinish(int group)
    {
        Counter[] counters = [.. _counters];
        int[] available = [.. _available];
        int position = _position;
        if (group >= 0)
        {
            Take(group, counters, position++);
            available[group]--;
        }
        _nodes = 0;
        _excluded.Clear();
        return Search(counters, available, position);
    }

    private bool Search(Counter[] counters, int[] available, int position)
    {
        int left = Length - position, needed = 0;
        foreach (Counter counter in counters)
        {
            if (counter.Kind == RuleKind.AtLeast && _active[counter.Rule])
            {
                int lacking = Math.Max(0, counter.Bound - counter.Count);
                if (lacking > left)
                    return false;
                needed += lacking;
            }
        }
        if (left <= 0)
            return needed == 0;
        if (++_nodes > MostNodes)
            return true;

        // What serves an unmet minimum first, then what uses up least of the caps.
        var choices = new List<(double Worth, int Group)>();
        for (int g = 0; g < available.Length; g++)
        {
            if (available[g] > 0 && !_excluded.Contains(g) && Open(g, counters, position))
                choices.Add((Worth(g, counters, left), g));
        }
        if (choices.Count == 0)
            return false;
        choices.Sort((a, b) => a.Worth != b.Worth ? b.Worth.CompareTo(a.Worth) : a.Group.CompareTo(b.Group));
        int mark = _excluded.Count;
        foreach ((_, int g) in choices)
        {
            Counter[] next = [.. counters];
            Take(g, next, position);
            available[g]--;
            bool done = Search(next, available, position + 1);
            available[g]++;
            if (done)
            {
                _excluded.RemoveRange(mark, _excluded.Count - mark);
                return true;
            }
            if (!HasDistances)
                _excluded.Add(g); // where order does not matter, no other list of this branch needs the group either
        }
        _excluded.RemoveRange(mark, _excluded.Count - mark);
        return false;
    }

    private double Worth(int group, ReadOnlySpan<Counter> counters, int left)
    {
        double worth = 0;
        foreach (int c in CollectionsMarshal.AsSpan(_groups)[group])
        {
            Counter counter = counters[c];
            worth += counter.Kind switch
            {
                RuleKind.AtLeast => counter.Count < counter.Bound && _active[counter.Rule] ? 100 : 0,
                RuleKind.AtMost => -(double)left / (counter.Bound - counter.Count),
                _ => -1,
            };
        }
        // Of two alike, the more plentiful group: it would otherwise be left over, and its members stand in each other's way.
        return worth + (HasDistances ? 1e-3 * Math.Min(_available[group], 100) : 0);
    }
}
