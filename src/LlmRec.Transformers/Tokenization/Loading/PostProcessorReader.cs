using System.Text.Json;

namespace LlmRec.Transformers;

/// <summary>Reads the section <c>post_processor</c> and boils it down to two templates.</summary>
internal static class PostProcessorReader
{
    public static PostProcessor Read(JsonView view, Vocabulary vocabulary)
    {
        if (view.IsNull) return PostProcessor.None;
        int limit = vocabulary.Size + 1_000_000;
        return ReadOne(view, limit) ?? PostProcessor.None;
    }

    private static PostProcessor? ReadOne(JsonView view, int limit)
    {
        switch (view.Type)
        {
            case "TemplateProcessing":
                return ReadTemplate(view, limit);
            case "BertProcessing":
            {
                int[] cls = Pair(view["cls"], limit), sep = Pair(view["sep"], limit);
                return new PostProcessor([new(-1, 0, cls), new(0, 0, []), new(-1, 0, sep)],
                    [new(-1, 0, cls), new(0, 0, []), new(-1, 0, sep), new(1, 1, []), new(-1, 1, sep)]);
            }
            case "RobertaProcessing":
            {
                int[] cls = Pair(view["cls"], limit), sep = Pair(view["sep"], limit);
                return new PostProcessor([new(-1, 0, cls), new(0, 0, []), new(-1, 0, sep)],
                    [new(-1, 0, cls), new(0, 0, []), new(-1, 0, sep), new(-1, 0, sep), new(1, 0, []), new(-1, 0, sep)])
                {
                    TrimOffsets = view.Flag("trim_offsets", true),
                    TrimKnowsPrefix = view.Flag("add_prefix_space", true),
                };
            }
            case "ByteLevel":
                return new PostProcessor([new(0, 0, [])], [new(0, 0, []), new(1, 1, [])])
                {
                    TrimOffsets = view.Flag("trim_offsets", true),
                    TrimKnowsPrefix = view.Flag("add_prefix_space", true),
                };
            case "Sequence":
                return ReadSequence(view, limit);
            default:
                throw view["type"].Error($"the post-processor '{TokenizerJson.Short(view.Type)}' is unknown");
        }
    }

    /// <summary>A sequence may trim offsets and fill one template; two templates in a row make no sense there either.</summary>
    private static PostProcessor? ReadSequence(JsonView view, int limit)
    {
        PostProcessor? trim = null, template = null;
        foreach (JsonView item in view["processors"].Items())
        {
            PostProcessor? next = ReadOne(item, limit);
            if (next is null) continue;
            if (next.TrimOffsets) trim = next;
            if (item.Type is "ByteLevel") continue;
            if (template is not null) throw item.Error("a second post-processor that puts tokens around the text is not supported");
            template = next;
        }
        template ??= PostProcessor.None;
        return trim is null ? template : template.WithTrim(trim);
    }

    private static PostProcessor ReadTemplate(JsonView view, int limit)
    {
        var tokens = new Dictionary<string, int[]>(StringComparer.Ordinal);
        JsonView special = view["special_tokens"];
        if (special.Value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in special.Value.EnumerateObject())
            {
                var item = new JsonView(property.Value, $"{special.Path}['{TokenizerJson.Short(property.Name)}']", special.File);
                tokens[property.Name] = [.. item["ids"].Items().Select(i => Limited(i, limit))];
            }
        }
        TemplatePiece[] single = [.. view["single"].Items().Select(p => Piece(p, tokens))], pair = [.. view["pair"].Items().Select(p => Piece(p, tokens))];
        foreach (TemplatePiece piece in single)
            if (piece.Sequence == 1) throw view["single"].Error("the template of one text asks for a second one");
        if (single.Count(p => p.Sequence == 0) > 1 || pair.Count(p => p.Sequence == 0) > 1 || pair.Count(p => p.Sequence == 1) > 1)
            throw view.Error("a template uses a text twice");
        if (pair.Length > 0 && !(pair.Any(p => p.Sequence == 0) && pair.Any(p => p.Sequence == 1)))
            throw view["pair"].Error("the template of a pair must use both texts");
        if (pair.Length == 0) pair = [new(0, 0, []), new(1, 1, [])];
        return new PostProcessor(single, pair);
    }

    private static TemplatePiece Piece(JsonView view, Dictionary<string, int[]> tokens)
    {
        if (view["Sequence"] is { IsNull: false } sequence)
        {
            int which = sequence.Text("id") switch { "A" => 0, "B" => 1, _ => throw sequence["id"].Error("'A' or 'B' is expected") };
            return new TemplatePiece(which, sequence.CountOrNull("type_id") ?? 0, []);
        }
        JsonView special = view["SpecialToken"];
        if (special.IsNull) throw view.Error("a Sequence or a SpecialToken is expected");
        if (!tokens.TryGetValue(special.Text("id"), out int[]? ids)) throw special["id"].Error($"the special token '{TokenizerJson.Short(special.Text("id"))}' is not among special_tokens");
        return new TemplatePiece(-1, special.CountOrNull("type_id") ?? 0, ids);
    }

    private static int[] Pair(JsonView view, int limit)
    {
        JsonView[] items = [.. view.Items()];
        return items.Length == 2 ? [Limited(items[1], limit)] : throw view.Error("a token and its id are expected");
    }

    private static int Limited(JsonView view, int limit) => view.AsCount() is int id && id < limit ? id : throw view.Error("the id is far beyond the vocabulary");
}
