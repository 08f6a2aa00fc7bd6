using System.Globalization;

namespace LlmRec;

internal sealed class ValueStep : CleaningStep
{
    private readonly float _least, _most;
    private readonly bool _keepWithout;

    public ValueStep(float least, float most, bool keepWithout)
    {
        if (float.IsNaN(least) || float.IsNaN(most) || least > most)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the least value {least} must not be above the most {most}"), nameof(least));
        (_least, _most, _keepWithout) = (least, most, keepWithout);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"values {(float.IsPositiveInfinity(_most) ? $"of at least {_least}" : $"from {_least} to {_most}")}");

    internal override int Apply(InteractionLog log, Span<int> positions, List<CleaningDrop> drops)
    {
        int below = 0, above = 0, without = 0, n = 0;
        foreach (int p in positions)
        {
            float value = log.ValueAt(p);
            if (float.IsNaN(value) && !_keepWithout) without++;
            else if (value < _least) below++;
            else if (value > _most) above++;
            else positions[n++] = p;
        }
        drops.Add(new(string.Create(CultureInfo.InvariantCulture, $"value below {_least}"), below));
        drops.Add(new(string.Create(CultureInfo.InvariantCulture, $"value above {_most}"), above));
        drops.Add(new("no value", without));
        return n;
    }
}
