using System.Numerics.Tensors;
using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>
/// The forward pass of every architecture, top to bottom. Legend: t tokens of all texts together, h hidden size, q = heads · head size,
/// k = key heads · head size, f feed-forward size.
/// </summary>
internal static class ForwardPass
{
    /// <summary>Words whose vectors are on the way while one is read.</summary>
    private const int Ahead = 2;

    /// <summary>Leaves the last hidden states in <see cref="RunState.X"/>.</summary>
    /// <param name="c">The model's description.</param>
    /// <param name="w">Its weights.</param>
    /// <param name="rotary">Angles of global and local layers, null where there are none.</param>
    /// <param name="s">Buffers, prepared, with ids and types filled in.</param>
    /// <param name="starts">n + 1 positions at which texts begin, the last one t.</param>
    /// <param name="threads">Most threads for a matrix product.</param>
    /// <param name="tap">Sees what comes out of every layer, or null.</param>
    /// <param name="cancellationToken">Asked before every layer.</param>
    public static void Run(TransformerConfig c, TransformerWeights w, (RotaryTable? Global, RotaryTable? Local) rotary, RunState s, ReadOnlySpan<int> starts, int threads, HiddenTap? tap, CancellationToken cancellationToken)
    {
        MatrixSpan x = s.X; // (t, h)
        Embed(c, w, s, starts, x);
        tap?.Invoke(0, x);
        for (int i = 0; i < w.Layers.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LayerWeights layer = w.Layers[i];
            AttentionWindow window = c.Windows[i];
            Attend(c, layer, window, window.IsLocal ? rotary.Local ?? rotary.Global : rotary.Global, w.RelativeBias, s, starts, threads);
            FeedForward(c, layer, s, threads);
            tap?.Invoke(i + 1, x);
        }

        w.FinalNorm?.Apply(x, x);
    }

    private static void Embed(TransformerConfig c, TransformerWeights w, RunState s, ReadOnlySpan<int> starts, MatrixSpan x)
    {
        Span<int> ids = s.Ids, types = s.Types;
        for (int text = 0; text + 1 < starts.Length; text++)
        {
            for (int t = starts[text]; t < starts[text + 1]; t++)
            {
                // words lie far apart in a large table
                if (t + Ahead < x.Rows) w.Words.Prefetch(ids[t + Ahead]);
                Span<float> row = x.Row(t);
                w.Words.CopyTo(ids[t], row, c.EmbeddingScale);
                w.Positions?.AddTo(t - starts[text] + c.PositionOffset, row);
                w.TokenTypes?.AddTo(types[t], row);
            }
        }

        w.EmbeddingNorm?.Apply(x, x);
    }

    private static void Attend(TransformerConfig c, LayerWeights layer, AttentionWindow window, RotaryTable? rotary, RelativeBias? bias, RunState s, ReadOnlySpan<int> starts, int threads)
    {
        MatrixSpan x = s.X, branch = s.Branch, qkv = s.QueryKeyValue;
        int d = c.HeadSize, q = c.Heads * d, k = c.KeyHeads * d;

        // queries, keys and values side by side: (t, h) -> (t, q + 2 k)
        layer.BeforeAttention?.Apply(x, branch);
        layer.QueryKeyValue.Apply(layer.BeforeAttention is null ? x : branch, qkv, threads);

        // head by head norms
        for (int t = 0; layer.Query is not null && t < qkv.Rows; t++)
        {
            MatrixSpan queries = new(qkv.Row(t)[..q], c.Heads, d), keys = new(qkv.Row(t).Slice(q, k), c.KeyHeads, d);
            layer.Query.Apply(queries, queries);
            layer.Key!.Apply(keys, keys);
        }

        // every text for itself; what is gathered takes the place of the queries
        for (int text = 0; text + 1 < starts.Length; text++)
        {
            int start = starts[text], n = starts[text + 1] - start;
            if (rotary is not null)
            {
                (float[] cosines, float[] sines) = rotary.Get(n);
                Rotary.Apply(qkv.Slice(start, 0, n, q + k), c.Heads + c.KeyHeads, cosines, sines);
            }

            (float[] distances, int reach) = bias?.Get(n) ?? ([], 0);
            Attention.Forward(qkv.Slice(start, 0, n, q), qkv.Slice(start, q, n, k), qkv.Slice(start, q + k, n, k), qkv.Slice(start, 0, n, q), new()
            {
                Heads = c.Heads, KeyHeads = c.KeyHeads, Scale = c.ScoreScale, Back = window.Back, Ahead = window.Ahead, DistanceBias = distances, DistanceReach = reach,
            });
        }

        // back: (t, q) -> (t, h)
        Finish(c.NormPlacement, layer.AttentionOutput, qkv.Slice(0, 0, qkv.Rows, q), layer.AfterAttention, x, branch, threads);
    }

    private static void FeedForward(TransformerConfig c, LayerWeights layer, RunState s, int threads)
    {
        MatrixSpan x = s.X, branch = s.Branch, up = s.Up;
        layer.BeforeFeedForward?.Apply(x, branch);
        MatrixSpan input = layer.BeforeFeedForward is null ? x : branch;
        if (c.IsGated)
        {
            // gate and up side by side, (t, 2 f); their product takes the gate's place
            layer.Up.Apply(input, up, threads);
            int f = c.IntermediateSize;
            for (int t = 0; t < up.Rows; t++)
            {
                Span<float> row = up.Row(t);
                RowFunctions.Gate(c.Activation, row[..f], row[f..], row[..f]);
            }

            up = up.Slice(0, 0, up.Rows, f);
        }
        else
        {
            layer.Up.Apply(input, up, threads, c.Activation);
        }

        // (t, f) -> (t, h)
        Finish(c.NormPlacement, layer.Down, up, layer.AfterFeedForward, x, branch, threads);
    }

    /// <summary>The end of a sublayer: its last matrix, the residual, and the norm where this architecture has it.</summary>
    private static void Finish(NormPlacement placement, Linear matrix, ReadOnlyMatrixSpan y, NormWeights? norm, MatrixSpan x, MatrixSpan branch, int threads)
    {
        switch (placement)
        {
            case NormPlacement.After:
                matrix.Apply(y, x, threads, residual: x);
                norm!.Apply(x, x);
                break;
            case NormPlacement.Before:
                matrix.Apply(y, x, threads, residual: x);
                break;
            default:
                matrix.Apply(y, branch, threads);
                norm!.Apply(branch, branch);
                for (int t = 0; t < x.Rows; t++) TensorPrimitives.Add(x.Row(t), branch.Row(t), x.Row(t));
                break;
        }
    }
}
