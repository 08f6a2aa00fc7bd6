using System.Text;
using LlmRec.Transformers;

namespace LlmRec;

public sealed partial class LsaItemEncoder : ISavedEncoder
{
    internal const string SavedKind = "lsa";

    private const int StateVersion = 1;

    string? ISavedEncoder.Kind => SavedKind;

    void ISavedEncoder.Save(SafeTensorsWriter writer, string prefix) => Save(writer, prefix);

    /// <summary>Adds all there is to know of this encoder to a file: tensors whose names start with <paramref name="prefix"/>.</summary>
    internal void Save(SafeTensorsWriter writer, string prefix = "lsa.")
    {
        TextAnalyzer[] analyzers = _terms.Analyzers;
        writer.Add(prefix + "version", new[] { StateVersion });
        writer.Add(prefix + "projection", _projection, _terms.Columns, Dimensions);
        writer.Add(prefix + "idf", _terms.InverseFrequencyOfColumns);
        writer.Add(prefix + "hash_bits", new[] { _terms.HashBits });
        writer.Add(prefix + "analyzers", analyzers.SelectMany(a => new[] { (int)a.Kind, a.Shortest, a.Longest }).ToArray(), analyzers.Length, 3);
        writer.Add(prefix + "analyzer_weights", analyzers.Select(a => a.Weight).ToArray());
        if (_terms.HashBits == 0)
            for (int b = 0; b < analyzers.Length; b++)
                SaveStrings(writer, $"{prefix}terms.{b}", _terms.Tables[b].Count, i => _terms.Tables[b][i].ToString());
        writer.Add(prefix + "text_weights", new[] { _text.TitleWeight, _text.CategoryWeight, _text.TextWeight, _text.AttributeWeight });
        writer.Add(prefix + "text_max_length", new[] { _text.MaxLength });
        SaveStrings(writer, prefix + "text_attributes", _text.Attributes.Count, i => _text.Attributes[i]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, of another shape or type, or its contents contradict the others.</exception>
    internal static LsaItemEncoder Load(SafeTensorsFile file, string prefix = "lsa.", int maxThreads = 0)
    {
        int version = file.Get<int>(prefix + "version", 1)[0];
        if (version is < 1 or > StateVersion)
            throw new InvalidDataException($"{file.Name}: the text encoder has version {version}; this library reads 1 to {StateVersion}");
        try
        {
            ReadOnlySpan<int> cuts = file.Get<int>(prefix + "analyzers", -1, 3);
            int n = cuts.Length / 3;
            ReadOnlySpan<double> weights = file.Get<double>(prefix + "analyzer_weights", n);
            var analyzers = new TextAnalyzer[n];
            for (int b = 0; b < n; b++)
                analyzers[b] = TextAnalyzer.Of((TextAnalyzerKind)cuts[3 * b], cuts[3 * b + 1], cuts[3 * b + 2], weights[b]);
            int hashBits = file.Get<int>(prefix + "hash_bits", 1)[0];
            new TfIdfOptions { Analyzers = analyzers, HashBits = hashBits }.Check();
            var tables = new TermTable[n];
            for (int b = 0; b < n; b++)
            {
                tables[b] = new TermTable();
                string name = $"{prefix}terms.{b}";
                if (hashBits == 0)
                    foreach (string term in LoadStrings(file, name))
                        if (tables[b].Add(term) != tables[b].Count - 1)
                            throw new InvalidDataException($"{file.Name}: {name} holds '{term}' twice");
            }
            int columns = hashBits == 0 ? tables.Sum(t => t.Count) : n << hashBits;
            double[] idf = file.Get<double>(prefix + "idf", columns).ToArray();
            float[] projection = file.ReadFloats(prefix + "projection", columns, -1);
            long d = file.Tensors[prefix + "projection"].Shape[1];
            if (d is < 1 or > 4096) throw new InvalidDataException($"{file.Name}: the text encoder has {d} dimensions");
            if (idf.Any(x => !(x >= 0 && double.IsFinite(x))) || projection.Any(x => !float.IsFinite(x)))
                throw new InvalidDataException($"{file.Name}: the text encoder holds NaN, infinite or negative weights");
            ReadOnlySpan<float> parts = file.Get<float>(prefix + "text_weights", 4);
            var text = new ItemText
            {
                TitleWeight = parts[0],
                CategoryWeight = parts[1],
                TextWeight = parts[2],
                AttributeWeight = parts[3],
                MaxLength = file.Get<int>(prefix + "text_max_length", 1)[0],
                Attributes = LoadStrings(file, prefix + "text_attributes"),
            };
            text.Check();
            return new LsaItemEncoder(TfIdfVectorizer.Of(analyzers, hashBits, tables, idf), text, projection, (int)d, maxThreads);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{file.Name}: the text encoder is damaged: {e.Message}", e);
        }
    }

    private static void SaveStrings(SafeTensorsWriter writer, string name, int count, Func<int, string> at)
    {
        using var bytes = new MemoryStream();
        var ends = new int[count];
        for (int i = 0; i < count; i++)
        {
            bytes.Write(Encoding.UTF8.GetBytes(at(i)));
            ends[i] = checked((int)bytes.Length);
        }
        writer.Add(name, bytes.ToArray());
        writer.Add(name + ".ends", ends);
    }

    private static string[] LoadStrings(SafeTensorsFile file, string name)
    {
        ReadOnlySpan<byte> bytes = file.Get<byte>(name, -1);
        ReadOnlySpan<int> ends = file.Get<int>(name + ".ends", -1);
        var strings = new string[ends.Length];
        for (int i = 0, start = 0; i < ends.Length; i++)
        {
            if (ends[i] < start || ends[i] > bytes.Length)
                throw new InvalidDataException($"{file.Name}: {name} ends its entry {i} at byte {ends[i]}, outside {start} to {bytes.Length}");
            strings[i] = Encoding.UTF8.GetString(bytes[start..ends[i]]);
            start = ends[i];
        }
        return strings;
    }
}
