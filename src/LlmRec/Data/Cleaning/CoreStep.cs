using System.Globalization;

namespace LlmRec;

/// <summary>Peels users and items with too few events off, until all that are left have enough. The result does not depend on the order of peeling.</summary>
internal sealed class CoreStep(int perUser, int perItem) : CleaningStep
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"core, {Math.Max(perUser, 1)} a user, {Math.Max(perItem, 1)} an item");

    internal override int Apply(InteractionLog log, Span<int> positions, List<CleaningDrop> drops)
    {
        var ofUser = new int[log.UserTable.Count];
        var ofItem = new int[log.ItemTable.Count];
        foreach (int p in positions)
        {
            ofUser[log.UserAt(p)]++;
            ofItem[log.ItemAt(p)]++;
        }

        int n = positions.Length, fromUsers = 0, fromItems = 0, rounds = 0;
        for (int before = -1; before != n; rounds++)
        {
            before = n;
            n = 0;
            // Each pass takes the counts as they stand at the moment, so that a row dropped early in a pass already weighs in it.
            foreach (int p in positions[..before])
            {
                int u = log.UserAt(p), i = log.ItemAt(p);
                bool few = ofUser[u] < perUser;
                if (!few && ofItem[i] >= perItem)
                {
                    positions[n++] = p;
                    continue;
                }
                ofUser[u]--;
                ofItem[i]--;
                if (few) fromUsers++;
                else fromItems++;
            }
        }
        drops.Add(new(string.Create(CultureInfo.InvariantCulture, $"users with fewer than {perUser} events"), fromUsers));
        drops.Add(new(string.Create(CultureInfo.InvariantCulture, $"items with fewer than {perItem} events ({rounds} rounds)"), fromItems));
        return n;
    }
}
