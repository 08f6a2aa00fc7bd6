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
    /// <exception cref="InvalidDataException">There is no such kind, or its state is damaged.</exception>
    public static IItemEncoder Load(string kind, SafeTensorsFile file, string prefix) => kind switch
    {
        LsaItemEncoder.SavedKind => LsaItemEncoder.Load(file, prefix),
        WordVectorItemEncoder.SavedKind => WordVectorItemEncoder.Load(file, prefix),
        _ => throw new InvalidDataException($"{file.Name}: an item encoder of kind '{kind}', which this library does not know: update the library"),
    };
}
