using LlmRec.Transformers;

namespace LlmRec;

public sealed partial class TransformerItemEncoder : ISavedEncoder
{
    internal const string SavedKind = "transformer";

    private const int StateVersion = 1;

    string? ISavedEncoder.Kind => SavedKind;

    void ISavedEncoder.Save(SafeTensorsWriter writer, string prefix)
    {
        SentenceEncoderOptions model = Encoder.Options;
        writer.Add(prefix + "version", new[] { StateVersion });
        writer.AddStrings(prefix + "model", [Path.GetFullPath(Encoder.Folder), Encoder.Fingerprint]);
        writer.Add(prefix + "model_options", new[] { (int)model.Weights, model.Dimensions, model.MaxTokens, model.Normalize is null ? -1 : model.Normalize.Value ? 1 : 0, model.AllowSpecialTokens ? 1 : 0 });
        writer.AddStrings(prefix + "prompts", [_prompt, _queryPrompt]);
        _options.Text.Save(writer, prefix);
    }

    /// <summary>Reads what was saved, and the model from where it was.</summary>
    /// <exception cref="InvalidDataException">The state is damaged, the model's folder is gone, or another model lies there.</exception>
    internal static TransformerItemEncoder Load(SafeTensorsFile file, string prefix)
    {
        int version = file.Get<int>(prefix + "version", 1)[0];
        if (version != StateVersion) throw new InvalidDataException($"{file.Name}: a transformer encoder of version {version}; this library reads version {StateVersion}: update the library");
        string[] model = file.ReadStrings(prefix + "model"), prompts = file.ReadStrings(prefix + "prompts");
        ReadOnlySpan<int> o = file.Get<int>(prefix + "model_options", 5);
        if (model.Length != 2 || prompts.Length != 2 || o[0] is < 0 or > (int)WeightFormat.Int8)
            throw new InvalidDataException($"{file.Name}: the transformer encoder is damaged");
        if (!Directory.Exists(model[0]))
            throw new InvalidDataException($"{file.Name}: the model was built with the sentence encoder in '{model[0]}', which is not there: put it there, or load it from where it is and give it in {nameof(LoadOptions)}.{nameof(LoadOptions.ItemEncoder)}");
        try
        {
            var encoder = SentenceEncoder.Load(model[0], new()
            {
                Weights = (WeightFormat)o[0], Dimensions = o[1], MaxTokens = o[2], Normalize = o[3] < 0 ? null : o[3] == 1, AllowSpecialTokens = o[4] == 1,
            });
            if (encoder.Fingerprint != model[1])
                throw new InvalidDataException($"{file.Name}: in '{model[0]}' lies another model than the one this was built with; its vectors would not fit the saved ones. Give the right one in {nameof(LoadOptions)}.{nameof(LoadOptions.ItemEncoder)}");
            return new(encoder, new() { Text = ItemText.Load(file, prefix), Prompt = prompts[0], QueryPrompt = prompts[1] });
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{file.Name}: the transformer encoder is damaged: {e.Message}", e);
        }
    }
}
