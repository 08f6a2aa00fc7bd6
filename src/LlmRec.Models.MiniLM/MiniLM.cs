using System.Reflection;
using LlmRec.Transformers;

namespace LlmRec;

/// <summary>
/// Sentence vectors that ship with the library: the static encoder distilled from all-MiniLM-L6-v2, English first, 256 dimensions. Nothing is
/// downloaded, nothing native is loaded; the table is unpacked once a process, at the first use.
/// </summary>
/// <remarks>
/// Thread-safe. A text's vector is the weighted sum of its pieces' own: fast, blind to the order of words, and weak in languages that
/// MiniLM was not trained on. The whole model does better where its time is affordable (<see cref="SentenceEncoder"/>); an
/// <see cref="LsaItemEncoder"/> learns the words of any catalog in any language.
/// </remarks>
public static class MiniLM
{
    private static readonly Lazy<StaticEncoder> Shared = new(Load);

    /// <summary>The encoder itself: texts to vectors.</summary>
    public static StaticEncoder Encoder => Shared.Value;

    /// <summary>Dimensions of its vectors.</summary>
    public static int Dimensions => Encoder.Dimensions;

    /// <summary>Items by their words: <c>new RecommenderBuilder(catalog, log).UseItemEncoder(MiniLM.ItemEncoder())</c>.</summary>
    /// <param name="text">Which words of an item count, and how much; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">A weight of <paramref name="text"/> is out of range.</exception>
    public static StaticItemEncoder ItemEncoder(ItemText? text = null) => new(Encoder, text);

    /// <summary>Users by what they had and what they say, in the space of <see cref="ItemEncoder"/>: the decayed mean of the history, and the vector of their words.</summary>
    /// <param name="words">Share of the words where there are both, above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="words"/> is out of range.</exception>
    public static IUserEncoder UserEncoder(float words = 0.4f) => words is > 0 and < 1
        ? new BlendUserEncoder((new MeanUserEncoder(), 1 - words), (new TextUserEncoder(), words))
        : throw new ArgumentOutOfRangeException(nameof(words), words, "above 0 and below 1");

    /// <summary>The vector of a text: length 1, or zero when nothing of it is known.</summary>
    public static float[] Encode(ReadOnlySpan<char> text) => Encoder.Encode(text);

    private static StaticEncoder Load()
    {
        using SafeTensorsFile file = SafeTensorsFile.Parse(Resource("minilm.safetensors"), "the table of LlmRec.Models.MiniLM");
        return StaticEncoder.Read(file, "", Tokenizer.FromWordPieces(Resource("vocab.txt")));
    }

    private static byte[] Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("LlmRec.Models.MiniLM." + name)
            ?? throw new InvalidOperationException($"the assembly of LlmRec.Models.MiniLM has no resource '{name}'; it was not built whole");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
