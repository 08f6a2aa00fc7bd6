namespace LlmRec.Transformers;

/// <summary>Takes white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : TextNormalizer
{
    public override void Apply(AlignedText text)
    {
        int start = 0, end = text.Length;
        if (left)
            while (start < end && CodePoints.Is(text.Span[start], CodePointClass.White)) start++;
        if (right)
            while (end > start && CodePoints.Is(text.Span[end - 1], CodePointClass.White)) end--;
        if (end - start < text.Length) text.Slice(start, end);
    }
}
