namespace LlmRec;

/// <summary>How much an event of a user's history counts: less with every newer event, and less with age.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record HistoryDecay
{
    /// <summary>Factor from an event to the next older one, above 0 and at most 1, default 0.7; 1 counts all alike.</summary>
    public double Rank { get; init; } = 0.7;

    /// <summary>
    /// Age difference to the newest event that halves the weight, positive; <see langword="null"/> (the default) leaves times out. An event
    /// without a time is taken to be as old as the next newer one.
    /// </summary>
    public TimeSpan? HalfLife { get; init; }

    /// <summary>Most events looked at, newest first, at least 1, default 50.</summary>
    public int MaxEvents { get; init; } = 50;

    internal void Check()
    {
        if (!(Rank is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(Rank), Rank, "use a factor above 0 and at most 1");
        if (HalfLife is { } h && h <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(HalfLife), h, "use a positive time, or null to leave times out");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxEvents);
    }

    /// <summary>Walks a history from its newest event.</summary>
    internal Walk Start(UserProfile user) => new(this, user);

    internal ref struct Walk(HistoryDecay decay, UserProfile user)
    {
        private readonly ReadOnlySpan<long> _times = user.Times;
        private readonly int _count = Math.Min(decay.MaxEvents, user.Count);
        private readonly double _halfLife = decay.HalfLife?.TotalMilliseconds ?? 0;
        private double _rankWeight = 1 / decay.Rank;
        private double _timeWeight = 1;
        private long _newest = InteractionLog.NoTime;

        /// <summary>The event's place in the history.</summary>
        public int Place { get; private set; } = -1;

        /// <summary>The event's weight, 0 to 1.</summary>
        public readonly float Weight => (float)(_rankWeight * _timeWeight);

        public bool Next()
        {
            if (++Place >= _count) return false;
            _rankWeight *= decay.Rank;
            if (_halfLife > 0 && _times[Place] != InteractionLog.NoTime)
            {
                if (_newest == InteractionLog.NoTime) _newest = _times[Place];
                _timeWeight = Math.Min(1, Math.Pow(2, ((double)_times[Place] - _newest) / _halfLife));
            }
            return true;
        }
    }
}
