using System.Text;

namespace LlmRec.Transformers.Tests.Tokenization;

/// <summary>Writes SentencePiece models.</summary>
internal static class SentencePieceFile
{
    public static byte[] Of(IEnumerable<(string Text, float Score, int Kind)> pieces, bool bpe, bool byteFallback, byte[]? characterMap = null)
    {
        using var file = new MemoryStream();
        foreach ((string text, float score, int kind) in pieces)
        {
            using var piece = new MemoryStream();
            Field(piece, 1, Encoding.UTF8.GetBytes(text));
            piece.WriteByte(2 << 3 | 5);
            piece.Write(BitConverter.GetBytes(score));
            piece.WriteByte(3 << 3);
            piece.WriteByte((byte)kind);
            Field(file, 1, piece.ToArray());
        }
        Field(file, 2, [3 << 3, (byte)(bpe ? 2 : 1), 35 << 3 & 127 | 128, 35 << 3 >> 7, (byte)(byteFallback ? 1 : 0)]);
        if (characterMap is not null)
        {
            using var normalizer = new MemoryStream();
            Field(normalizer, 2, characterMap);
            Field(file, 3, normalizer.ToArray());
        }
        return file.ToArray();
    }

    private static void Field(MemoryStream stream, int number, byte[] content)
    {
        stream.WriteByte((byte)(number << 3 | 2));
        int length = content.Length;
        for (; length >= 128; length >>= 7) stream.WriteByte((byte)(length & 127 | 128));
        stream.WriteByte((byte)length);
        stream.Write(content);
    }
}
