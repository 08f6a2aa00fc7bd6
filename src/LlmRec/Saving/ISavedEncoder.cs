using LlmRec.Transformers;

namespace LlmRec;

/// <summary>An item encoder whose state goes into a saved model.</summary>
internal interface ISavedEncoder
{
    /// <summary>Its kind, which <see cref="SavedEncoders"/> knows; <see langword="null"/> when this one can only be given again.</summary>
    string? Kind { get; }

    /// <summary>Adds all there is to know of it: tensors whose names start with <paramref name="prefix"/>.</summary>
    void Save(SafeTensorsWriter writer, string prefix);
}
