using System.Runtime.InteropServices;

namespace LlmRec.Kernels;

/// <summary>
/// Asks Linux to back a large range with 2 MiB pages. A scan streams through gigabytes, and with 4 KiB pages the page walks cost
/// a tenth to a quarter of the memory bandwidth. Only advice: elsewhere, or when it fails, nothing changes but speed.
/// </summary>
internal static partial class HugePages
{
    /// <summary>Size of a huge page in bytes on x64 and on arm64 with 4 KiB base pages.</summary>
    public const int Size = 2 << 20;

    private const int MadviseHugePage = 14;

    /// <summary>Gives the advice for the whole huge pages inside the range. Useful only before the range is touched first.</summary>
    public static unsafe void Advise(void* start, long bytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        nint first = ((nint)start + Size - 1) & -(nint)Size;
        nint end = (nint)((nint)start + bytes) & -(nint)Size;
        if (end <= first) return;
        try
        {
            _ = Madvise(first, end - first, MadviseHugePage);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A libc without madvise: small pages work as well, only slower.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(nint address, nint length, int advice);
}
