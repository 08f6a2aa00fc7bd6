using System.Buffers.Binary;
using System.Text;

namespace LlmRec.Transformers;

/// <summary>A SentencePiece model file: the protocol buffer <c>ModelProto</c>, of which pieces, kind and character map are read.</summary>
internal sealed class SentencePieceModel
{
    /// <summary>Kind of a piece that stands for unknown text.</summary>
    public const int Unknown = 2;

    /// <summary>Kind of a piece that steers the model and is in no text.</summary>
    public const int Control = 3;

    /// <summary>Kind of a piece that is always cut out.</summary>
    public const int UserDefined = 4;

    /// <summary>Most bytes of a piece. Trainers stop at 16 characters unless told otherwise; a BPE model's merges are found by cutting a piece at every place, so its length must be bounded.</summary>
    private const int MostPieceBytes = 1024;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Text, score and kind of each piece, by id.</summary>
    public List<(string Text, float Score, int Kind)> Pieces { get; } = [];

    /// <summary>Whether the model is BPE; Unigram otherwise.</summary>
    public bool IsBpe { get; private set; }

    public bool ByteFallback { get; private set; }

    /// <summary>Whether a space is put before every text.</summary>
    public bool AddsPrefix { get; private set; } = true;

    /// <summary>The compiled character map; empty for none.</summary>
    public byte[] CharacterMap { get; private set; } = [];

    /// <exception cref="InvalidDataException">The file is damaged or of a kind that is not supported.</exception>
    public static SentencePieceModel Read(byte[] bytes, string file)
    {
        var model = new SentencePieceModel();
        var reader = new Reader(bytes, file);
        while (reader.Next(out int field, out ReadOnlySpan<byte> message, out _))
        {
            switch (field)
            {
                case 1:
                    model.Pieces.Add(ReadPiece(message, file));
                    break;
                case 2:
                    var trainer = new Reader(message, file);
                    while (trainer.Next(out field, out _, out ulong value))
                    {
                        if (field == 3 && value is not (1 or 2)) throw new InvalidDataException($"{file}: models of kind {value} are not supported; Unigram (1) and BPE (2) are");
                        if (field == 3) model.IsBpe = value == 2;
                        if (field == 35) model.ByteFallback = value != 0;
                    }
                    break;
                case 3:
                    var normalizer = new Reader(message, file);
                    while (normalizer.Next(out field, out ReadOnlySpan<byte> text, out ulong value))
                    {
                        if (field == 2) model.CharacterMap = text.ToArray();
                        if (field == 3) model.AddsPrefix = value != 0;
                    }
                    break;
            }
        }
        if (model.Pieces.Count == 0) throw new InvalidDataException($"{file}: this is not a SentencePiece model: it has no pieces");
        return model;
    }

    private static (string, float, int) ReadPiece(ReadOnlySpan<byte> message, string file)
    {
        (string text, float score, int kind) = ("", 0, 1);
        var reader = new Reader(message, file);
        while (reader.Next(out int field, out ReadOnlySpan<byte> bytes, out ulong value))
        {
            switch (field)
            {
                case 1:
                    if (bytes.Length > MostPieceBytes) throw new InvalidDataException($"{file}: a piece of {bytes.Length} bytes is longer than any model needs ({MostPieceBytes})");
                    try
                    {
                        text = Utf8.GetString(bytes);
                    }
                    catch (DecoderFallbackException e)
                    {
                        throw new InvalidDataException($"{file}: a piece is not UTF-8 text", e);
                    }
                    break;
                case 2:
                    score = BitConverter.UInt32BitsToSingle((uint)value);
                    if (!float.IsFinite(score)) throw new InvalidDataException($"{file}: the score of '{TokenizerJson.Short(text)}' is not finite");
                    break;
                case 3:
                    kind = (int)Math.Min(value, 100);
                    break;
            }
        }
        return (text, score, kind);
    }

    /// <summary>The fields of one message, in order (Protocol Buffers encoding).</summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes, string file)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public bool Next(out int field, out ReadOnlySpan<byte> message, out ulong value)
        {
            field = 0;
            message = default;
            value = 0;
            if (_rest.IsEmpty) return false;
            ulong tag = Varint();
            field = (int)(tag >> 3 & 0x1FFFFFFF);
            switch (tag & 7)
            {
                case 0:
                    value = Varint();
                    return true;
                case 1:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                    return true;
                case 2:
                    message = Take(Varint());
                    return true;
                case 5:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                    return true;
                default:
                    throw Damaged();
            }
        }

        private ulong Varint()
        {
            ulong value = 0;
            for (int i = 0; i < 10 && i < _rest.Length; i++)
            {
                value |= (ulong)(_rest[i] & 127) << 7 * i;
                if (_rest[i] >= 128) continue;
                _rest = _rest[(i + 1)..];
                return value;
            }
            throw Damaged();
        }

        private ReadOnlySpan<byte> Take(ulong length)
        {
            if (length > (ulong)_rest.Length) throw Damaged();
            ReadOnlySpan<byte> taken = _rest[..(int)length];
            _rest = _rest[(int)length..];
            return taken;
        }

        private readonly InvalidDataException Damaged() => new($"{file}: this is not a SentencePiece model, or it is damaged or cut off");
    }
}
