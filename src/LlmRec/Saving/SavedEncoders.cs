using LlmRec.Transformers;

namespace LlmRec;

/// <summary>Item encoders that a saved model can hold, by kind.</summary>
internal static class SavedEncoders
{
    /// <summary>Stands in a manifest for an encoder that is code of the host's.</summary>
    public const string External = "external";

    public static string KindOf(IItemEncoder encoder) => (encoder as ISavedEncoder)?.Kind ?? External;

    public static string PrefixOf(string kind) => kind + ".";

    /// <summary>Reads an encoder of a kind.</summary>
    /// <param name="kind">What the manifest says.</param>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What the names of its tensors start with.</param>
    /// <param name="given">What the caller brought, for an encoder that wraps code of the host's.</param>
    /// <exception cref="InvalidDataException">There is no such kind, or its state is damaged.</exception>
    public static IItemEncoder Load(string kind, SafeTensorsFile file, string prefix, IItemEncoder? given) => kind switch
    {
        LsaItemEncoder.SavedKind => LsaItemEncoder.Load(file, prefix),
        WordVectorItemEncoder.SavedKind => WordVectorItemEncoder.Load(file, prefix),
        TransformerItemEncoder.SavedKind => TransformerItemEncoder.Load(file, prefix),
        StaticItemEncoder.SavedKind => StaticItemEncoder.Load(file, prefix),
        GeometryItemEncoder.SavedKind => GeometryItemEncoder.Load(file, prefix, given),
        External => throw new InvalidDataException($"{file.Name}: the model was built with an item encoder that is code of the host's: give it again in {nameof(LoadOptions)}.{nameof(LoadOptions.ItemEncoder)}"),
        _ => throw new InvalidDataException($"{file.Name}: an item encoder of kind '{kind}', which this library does not know: update the library"),
    };
}
