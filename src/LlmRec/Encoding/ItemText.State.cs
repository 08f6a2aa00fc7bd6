using LlmRec.Transformers;

namespace LlmRec;

public sealed partial record ItemText
{
    internal void Save(SafeTensorsWriter writer, string prefix)
    {
        writer.Add(prefix + "text_weights", new[] { TitleWeight, CategoryWeight, TextWeight, AttributeWeight });
        writer.Add(prefix + "text_max_length", new[] { MaxLength });
        writer.AddStrings(prefix + "text_attributes", Attributes);
        if (Template is not null) writer.AddStrings(prefix + "text_template", [Template]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    internal static ItemText Load(SafeTensorsFile file, string prefix)
    {
        ReadOnlySpan<float> parts = file.Get<float>(prefix + "text_weights", 4);
        var text = new ItemText
        {
            TitleWeight = parts[0],
            CategoryWeight = parts[1],
            TextWeight = parts[2],
            AttributeWeight = parts[3],
            MaxLength = file.Get<int>(prefix + "text_max_length", 1)[0],
            Attributes = file.ReadStrings(prefix + "text_attributes"),
            Template = file.Tensors.ContainsKey(prefix + "text_template.ends") ? file.ReadStrings(prefix + "text_template") is [string template] ? template : throw new InvalidDataException($"{file.Name}: the template of the items' text is damaged") : null,
        };
        text.Check();
        return text;
    }
}
