using System.Runtime.ExceptionServices;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

public sealed partial class TransformerModel
{
    /// <summary>Tokens of a pass: enough rows that every panel of the weights is used often, few enough that a batch has passes for all threads.</summary>
    private const int PassTokens = 256;

    /// <summary>Fewest tokens that a pass is cut down to so that every thread has one.</summary>
    private const int LeastTokens = 24;

    /// <summary>Receives the last hidden states of a text (tokens, hidden), on whichever thread computed them.</summary>
    internal delegate void TextSink(int text, ReadOnlyMatrixSpan rows);

    /// <summary>
    /// Runs texts in passes of like length, longest first, each on one thread; a batch too small for that lends its threads to the products.
    /// </summary>
    internal unsafe void Run(in PackedTokens batch, TextSink sink, int threads, Action<int>? done, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        cancellationToken.ThrowIfCancellationRequested();
        Verify(batch);
        if (batch.Count == 0) return;
        int[] order = Order(batch.Starts), passes = Passes(batch.Starts, order, threads);
        int count = passes.Length - 1;
        if (count == 1 || threads == 1)
        {
            for (int p = 0; p < count; p++)
                Pass(batch.Ids, batch.Types, batch.Starts, order.AsSpan(passes[p]..passes[p + 1]), sink, threads, done, cancellationToken);
            return;
        }

        int idCount = batch.Ids.Length, typeCount = batch.Types.Length, startCount = batch.Starts.Length;
        ExceptionDispatchInfo? failure = null;
        int next = -1;
        fixed (int* ids = batch.Ids, types = batch.Types, starts = batch.Starts)
        {
            nint idsAt = (nint)ids, typesAt = (nint)types, startsAt = (nint)starts;
            Parallel.For(0, Math.Min(threads, count), new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
            {
                try
                {
                    for (int p; Volatile.Read(ref failure) is null && (p = Interlocked.Increment(ref next)) < count;)
                        Pass(new((int*)idsAt, idCount), new((int*)typesAt, typeCount), new((int*)startsAt, startCount), order.AsSpan(passes[p]..passes[p + 1]), sink, 1, done, cancellationToken);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                }
            });
        }

        failure?.Throw();
    }

    private void Pass(ReadOnlySpan<int> ids, ReadOnlySpan<int> types, ReadOnlySpan<int> starts, ReadOnlySpan<int> texts, TextSink sink, int threads, Action<int>? done, CancellationToken cancellationToken)
    {
        int tokens = 0;
        foreach (int text in texts) tokens += starts[text + 1] - starts[text];
        Span<int> own = texts.Length < 256 ? stackalloc int[texts.Length + 1] : new int[texts.Length + 1];
        RunState state = Rent();
        try
        {
            state.Prepare(tokens);
            int at = 0;
            for (int i = 0; i < texts.Length; i++)
            {
                int from = starts[texts[i]], n = starts[texts[i] + 1] - from;
                own[i] = at;
                ids.Slice(from, n).CopyTo(state.Ids[at..]);
                if (types.IsEmpty) state.Types.Slice(at, n).Clear();
                else types.Slice(from, n).CopyTo(state.Types[at..]);
                at += n;
            }

            own[^1] = at;
            Run(state, own, threads, null, cancellationToken);
            MatrixSpan x = state.X;
            for (int i = 0; i < texts.Length; i++) sink(texts[i], x.Slice(own[i], 0, own[i + 1] - own[i], x.Columns));
        }
        finally
        {
            Return(state);
        }

        done?.Invoke(texts.Length);
    }

    /// <summary>The texts, longest first, equal lengths in their order.</summary>
    private static int[] Order(ReadOnlySpan<int> starts)
    {
        var order = new int[starts.Length - 1];
        var keys = new long[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            keys[i] = ((long)(int.MaxValue - (starts[i + 1] - starts[i])) << 32) | (uint)i;
        }

        Array.Sort(keys, order);
        return order;
    }

    /// <summary>Where passes begin in the order, and after them the number of texts.</summary>
    private static int[] Passes(ReadOnlySpan<int> starts, int[] order, int threads)
    {
        int total = starts[^1], target = Math.Clamp((total + threads - 1) / threads, LeastTokens, PassTokens);
        var passes = new List<int> { 0 };
        int tokens = 0;
        for (int i = 0; i < order.Length; i++)
        {
            int n = starts[order[i] + 1] - starts[order[i]];
            if (tokens > 0 && tokens + n > target)
            {
                passes.Add(i);
                tokens = 0;
            }

            tokens += n;
        }

        passes.Add(order.Length);
        return [.. passes];
    }
}
