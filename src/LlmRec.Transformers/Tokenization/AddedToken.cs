namespace LlmRec.Transformers;

/// <summary>A token that is cut out of a text before the model sees the rest.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">Whether it steers the model, such as <c>[CLS]</c>; ordinary text unless <see cref="EncodeOptions.AllowSpecialTokens"/>.</param>
/// <param name="SingleWord">Only where no letter or digit touches it.</param>
/// <param name="TrimLeft">Takes the white space before it along.</param>
/// <param name="TrimRight">Takes the white space after it along.</param>
/// <param name="Normalized">Looked for in the normalised text, itself normalised.</param>
public sealed record AddedToken(int Id, string Content, bool IsSpecial, bool SingleWord, bool TrimLeft, bool TrimRight, bool Normalized);
