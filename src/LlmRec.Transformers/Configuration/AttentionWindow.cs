namespace LlmRec.Transformers;

/// <summary>What a layer's attention sees.</summary>
/// <param name="Back">How many tokens before its own a token sees; <see cref="int.MaxValue"/> for all.</param>
/// <param name="Ahead">How many tokens after its own a token sees; 0 is causal, <see cref="int.MaxValue"/> for all.</param>
/// <param name="IsLocal">Whether the layer is one of the local ones, which may have a rotary base of their own.</param>
public readonly record struct AttentionWindow(int Back, int Ahead, bool IsLocal);
