namespace LlmRec;

/// <summary>What the kinds of interaction have in common.</summary>
public static class InteractionKindExtensions
{
    /// <summary>True for a sign against the item: <see cref="InteractionKind.Skip"/> and <see cref="InteractionKind.Dislike"/>. Such events exclude the item and never count as taste.</summary>
    public static bool IsNegative(this InteractionKind kind) => kind is InteractionKind.Skip or InteractionKind.Dislike;
}
