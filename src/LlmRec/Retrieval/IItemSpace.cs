namespace LlmRec;

/// <summary>Items and their vectors under one numbering.</summary>
internal interface IItemSpace
{
    Catalog Catalog { get; }

    /// <summary>Dimensions of the vectors.</summary>
    int Dimensions { get; }

    /// <summary>The unit vector of an item; zeros when it has none.</summary>
    ReadOnlySpan<float> VectorOf(int handle);

    /// <summary>What the log says about the items; <see langword="null"/> where nothing was counted.</summary>
    BehaviourModel? Behaviour => null;
}
