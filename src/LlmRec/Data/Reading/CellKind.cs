namespace LlmRec;

/// <summary>What a row has in a column.</summary>
internal enum CellKind : byte
{
    /// <summary>Nothing, an empty field or JSON's null.</summary>
    Missing,

    /// <summary>Text, a number or a truth value.</summary>
    Text,

    /// <summary>A JSON array of such.</summary>
    List,

    /// <summary>A JSON object or an array of anything else, as it is written.</summary>
    Nested,
}
