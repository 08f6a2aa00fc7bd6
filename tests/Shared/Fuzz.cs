using System.Text;

namespace LlmRec.Tests;

/// <summary>Readers fed with damaged files: they read, or say what is wrong, and do nothing else.</summary>
internal static class Fuzz
{
    /// <summary>Feeds a reader with inputs made from a seed.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Of the inputs.</param>
    /// <param name="make">Makes an input.</param>
    /// <param name="read">Reads it and uses what it gets; <see cref="InvalidDataException"/> and <see cref="FileNotFoundException"/> are answers.</param>
    /// <param name="mostBytes">What one input may allocate at most on the reader's thread.</param>
    /// <returns>How many were read.</returns>
    public static int Run(int count, int seed, Func<Random, byte[]> make, Action<byte[]> read, long mostBytes)
    {
        var random = new Random(seed);
        (int opened, long largest) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            byte[] content = make(random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(content);
                opened++;
            }
            catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
            {
                if (e.Message.Length is 0 or > 2000) Assert.Fail($"input {i} of seed {seed}: a message of {e.Message.Length} characters");
            }
            catch (Exception e) when (e is not ResultStateException)
            {
                throw new InvalidOperationException($"input {i} of seed {seed}, {Convert.ToBase64String(content)}, text {Encoding.UTF8.GetString(content)}", e);
            }
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            largest = Math.Max(largest, bytes);
            if (bytes > mostBytes) Assert.Fail($"input {i} of seed {seed} made the reader allocate {bytes:N0} bytes: {Convert.ToBase64String(content)}");
        }
        TestContext.Out.WriteLine($"{opened:N0} of {count:N0} were read; at most {largest:N0} bytes were allocated for one");
        return opened;
    }

    /// <summary>A text file, or JSON, with up to three changes: bytes, values, pieces of other files, cuts.</summary>
    public static byte[] Text(Random random, IReadOnlyList<byte[]> samples, params ReadOnlySpan<string> values)
    {
        byte[] content = [.. samples[random.Next(samples.Count)]];
        if (random.Next(12) == 0) content = content[..random.Next(content.Length)];
        for (int changes = random.Next(1, 4); changes > 0 && content.Length > 0; changes--)
        {
            int at = random.Next(content.Length);
            switch (random.Next(5))
            {
                case 0:
                    content[at] = (byte)random.Next(256);
                    break;
                case 1:
                    content[at] = (byte)"0123456789[]{},:\"ab \n"[random.Next(21)];
                    break;
                case 2 when values.Length > 0: // a value in place of another
                    int from = content.AsSpan(at).IndexOf((byte)':');
                    if (from < 0) break;
                    from += at + 1;
                    int length = content.AsSpan(from).IndexOfAny((byte)',', (byte)'}');
                    if (length < 0) break;
                    content = [.. content[..from], .. Encoding.UTF8.GetBytes(values[random.Next(values.Length)]), .. content[(from + length)..]];
                    break;
                case 3: // a piece of another file
                    byte[] other = samples[random.Next(samples.Count)];
                    int start = random.Next(other.Length);
                    content = [.. content[..at], .. other[start..Math.Min(other.Length, start + random.Next(60))], .. content[at..]];
                    break;
                default:
                    int end = Math.Min(content.Length, at + random.Next(40));
                    content = [.. content[..at], .. content[end..]];
                    break;
            }
        }
        return content;
    }

    /// <summary>A binary file with up to three changes: bits, bytes, extreme bytes, repeated and lost pieces, cuts.</summary>
    public static byte[] Binary(Random random, IReadOnlyList<byte[]> samples)
    {
        byte[] content = [.. samples[random.Next(samples.Count)]];
        if (random.Next(12) == 0) content = content[..random.Next(content.Length)];
        for (int changes = random.Next(1, 4); changes > 0 && content.Length > 0; changes--)
        {
            int at = random.Next(content.Length), end = Math.Min(content.Length, at + random.Next(40));
            switch (random.Next(6))
            {
                case 0: content[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: content[at] = (byte)random.Next(256); break;
                case 2: content.AsSpan(at, Math.Min(random.Next(1, 11), content.Length - at)).Fill((byte)(random.Next(2) * 255)); break;
                case 3: content = [.. content[..end], .. content[at..]]; break;
                case 4: content = [.. content[..at], .. content[end..]]; break;
                default:
                    byte[] other = samples[random.Next(samples.Count)];
                    int start = random.Next(other.Length);
                    content = [.. content[..at], .. other[start..Math.Min(other.Length, start + random.Next(60))], .. content[at..]];
                    break;
            }
        }
        return content;
    }
}
