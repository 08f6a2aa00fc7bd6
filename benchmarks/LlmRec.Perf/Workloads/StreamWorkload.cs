using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LlmRec.Kernels;

namespace LlmRec.Perf.Workloads;

/// <summary>
/// Read bandwidth: sums a buffer, one add per vector loaded, sequentially. The limit of every scan. <c>--mib</c> below the size
/// of a cache measures that cache. The memory is the library's own <see cref="AlignedBuffer{T}"/>, so the pages are the pages the kernels get.
/// </summary>
internal sealed unsafe class StreamWorkload : IWorkload
{
    private float _sink;

    public string Name => "stream";

    public string Description => "read bandwidth of the machine: --mib 1024 (all threads together) --threads 1 --ahead 0 (bytes to prefetch ahead, 4096 helps several threads)";

    public PerfResult Run(PerfArguments options)
    {
        int threads = options.Threads, mib = options.Int("mib", 1024), ahead = options.Int("ahead", 0);
        var buffers = new AlignedBuffer<float>[threads];
        int lengthEach = (int)((long)mib * 262144 / threads) / 128 * 128;
        for (int t = 0; t < threads; t++)
        {
            buffers[t] = new(lengthEach);
            buffers[t].Span.Fill(1e-3f);
        }

        // A small footprint is read several times in one call, to keep the clock out of the figure.
        int repeats = Math.Max(1, 64 / Math.Max(mib, 1));
        Timing timing = Stopwatcher.Time(() => Crew.Run(threads, t =>
        {
            for (int i = 0; i < repeats; i++)
                _sink += ahead > 0 && Sse.IsSupported ? SumAhead(buffers[t].Span, ahead) : Sum(buffers[t].Span);
        }), options.Seconds);
        return new() { Timing = timing, Bytes = (double)repeats * lengthEach * sizeof(float) * threads };
    }

    internal static float Sum(ReadOnlySpan<float> x)
    {
        fixed (float* p = x)
            return Vector512.IsHardwareAccelerated ? Sum512(p, x.Length) : Vector256.IsHardwareAccelerated ? Sum256(p, x.Length) : Sum128(p, x.Length);
    }

    private static float SumAhead(ReadOnlySpan<float> x, int ahead)
    {
        // The hardware prefetcher alone does not keep the memory of several cores busy: a line is asked for with each line read.
        fixed (float* start = x)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            for (float* p = start, end = start + x.Length; p < end; p += 64)
            {
                Sse.Prefetch0((byte*)p + ahead);
                a += Vector512.Load(p);
                Sse.Prefetch0((byte*)(p + 16) + ahead);
                b += Vector512.Load(p + 16);
                Sse.Prefetch0((byte*)(p + 32) + ahead);
                c += Vector512.Load(p + 32);
                Sse.Prefetch0((byte*)(p + 48) + ahead);
                d += Vector512.Load(p + 48);
            }
            return Vector512.Sum(a + b + (c + d));
        }
    }

    private static float Sum512(float* p, int n)
    {
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (float* end = p + n; p < end; p += 128)
        {
            a += Vector512.Load(p);
            b += Vector512.Load(p + 16);
            c += Vector512.Load(p + 32);
            d += Vector512.Load(p + 48);
            e += Vector512.Load(p + 64);
            f += Vector512.Load(p + 80);
            g += Vector512.Load(p + 96);
            h += Vector512.Load(p + 112);
        }
        return Vector512.Sum(a + b + (c + d) + (e + f + (g + h)));
    }

    private static float Sum256(float* p, int n)
    {
        Vector256<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (float* end = p + n; p < end; p += 64)
        {
            a += Vector256.Load(p);
            b += Vector256.Load(p + 8);
            c += Vector256.Load(p + 16);
            d += Vector256.Load(p + 24);
            e += Vector256.Load(p + 32);
            f += Vector256.Load(p + 40);
            g += Vector256.Load(p + 48);
            h += Vector256.Load(p + 56);
        }
        return Vector256.Sum(a + b + (c + d) + (e + f + (g + h)));
    }

    private static float Sum128(float* p, int n)
    {
        Vector128<float> a = default, b = default, c = default, d = default;
        for (float* end = p + n; p < end; p += 16)
        {
            a += Vector128.Load(p);
            b += Vector128.Load(p + 4);
            c += Vector128.Load(p + 8);
            d += Vector128.Load(p + 12);
        }
        return Vector128.Sum(a + b + (c + d));
    }
}
