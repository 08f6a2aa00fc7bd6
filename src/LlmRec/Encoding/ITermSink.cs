namespace LlmRec;

/// <summary>Receives the terms of a text one after the other; a struct, so that the call is inlined.</summary>
internal interface ITermSink
{
    void Add(ReadOnlySpan<char> term);
}
