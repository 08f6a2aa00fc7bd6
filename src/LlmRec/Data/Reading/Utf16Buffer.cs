using System.Buffers;
using System.Text.Unicode;

namespace LlmRec;

/// <summary>Turns UTF-8 into characters without replacing anything. Valid until the next call; not thread-safe.</summary>
internal sealed class Utf16Buffer
{
    private char[] _chars = new char[256];

    /// <summary>False when the bytes are not UTF-8; <paramref name="text"/> is then what could be read before.</summary>
    public bool TryDecode(ReadOnlySpan<byte> utf8, out ReadOnlySpan<char> text)
    {
        if (_chars.Length < utf8.Length) _chars = new char[Math.Max(utf8.Length, _chars.Length * 2)];
        OperationStatus status = Utf8.ToUtf16(utf8, _chars, out _, out int written, replaceInvalidSequences: false);
        text = _chars.AsSpan(0, written);
        return status == OperationStatus.Done;
    }
}
