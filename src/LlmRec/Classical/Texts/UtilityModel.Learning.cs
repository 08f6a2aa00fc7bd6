using System.Numerics.Tensors;

namespace LlmRec;

public sealed partial class UtilityModel
{
    /// <summary>All but the last positive event of each user, and those events with the histories before them.</summary>
    private static (Training, List<(UserContext, string)>) HoldBack(Training training, int most)
    {
        InteractionLog log = training.Events;
        var held = new HashSet<int>();
        var cases = new List<(UserContext, string)>();
        int step = Math.Max(1, (log.UserTable.Count + most - 1) / most);
        for (int u = 0; u < log.UserTable.Count; u += step)
        {
            int[] positions = [.. log.PositionsOf(u).ToArray().Where(p => !log.KindAt(p).IsNegative())];
            if (positions.Length < 2) continue;
            int last = positions[^1];
            // what the user has already is no answer
            if (positions[..^1].Any(p => log.ItemAt(p) == log.ItemAt(last))) continue;
            held.Add(last);
            cases.Add((new UserContext { History = [.. positions[..^1].Select(p => log[p])] }, log.ItemTable[log.ItemAt(last)]));
        }
        return (training.Of([.. Enumerable.Range(0, log.Count).Where(p => !held.Contains(p))]), cases);
    }

    private static double[] Learn(FittedModel[] models, List<(UserContext User, string Next)> cases, UtilityOptions options, CancellationToken cancellationToken)
    {
        int k = models.Length, m = models[0].Items.Count;
        var index = models[0].Items.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i, StringComparer.Ordinal);
        double[] weights = new double[k];
        (double loss, double[] gradient, double[] hessian) = Evaluate(weights);
        for (int pass = 0; pass < 30; pass++)
        {
            double[] step = [.. gradient], factor = [.. hessian];
            if (!NormalEquations.Factor(factor, k)) break;
            NormalEquations.Solve(factor, k, step);
            double descent = TensorPrimitives.Dot<double>(gradient, step), length = 1;
            // scores have long tails, so that a whole step may overshoot; the loss is convex, so that some shorter one does not
            while (length > 1e-4)
            {
                double[] next = [.. weights.Zip(step, (w, s) => w - length * s)];
                var there = Evaluate(next);
                if (there.Loss <= loss - 1e-4 * length * descent)
                {
                    (weights, loss, gradient, hessian) = (next, there.Loss, there.Gradient, there.Hessian);
                    break;
                }
                length /= 4;
            }
            if (length <= 1e-4 || descent < 1e-8) break;
        }
        return weights;

        // the penalised mean of −ln p(next) and its derivatives, the Hessian as an upper triangle
        (double Loss, double[] Gradient, double[] Hessian) Evaluate(double[] w)
        {
            // users in blocks of a fixed size, whose sums are added in their order: the same for any number of threads
            var sums = new (double Loss, double[] Gradient, double[] Hessian)[(cases.Count + 31) / 32];
            Parallel.For(0, sums.Length, new ParallelOptions { CancellationToken = cancellationToken }, block =>
            {
                (double loss, double[] g, double[] h) = (0, new double[k], new double[k * k]);
                float[] scores = new float[k * m];
                double[] utility = new double[m], mean = new double[k];
                foreach ((UserContext user, string next) in cases.Skip(32 * block).Take(32))
                {
                    Standardise(models, user, scores);
                    bool[] seen = new bool[m];
                    foreach (Interaction e in user.History)
                        if (index.TryGetValue(e.Item, out int i)) seen[i] = true;
                    double most = double.NegativeInfinity, all = 0, mine = 0;
                    for (int i = 0; i < m; i++)
                    {
                        utility[i] = 0;
                        for (int a = 0; a < k; a++) utility[i] += w[a] * scores[a * m + i];
                        if (!seen[i]) most = Math.Max(most, utility[i]);
                    }
                    mine = utility[index[next]];
                    for (int i = 0; i < m; i++) all += utility[i] = seen[i] ? 0 : Math.Exp(utility[i] - most);
                    loss += most + Math.Log(all) - mine;
                    for (int a = 0; a < k; a++)
                    {
                        mean[a] = 0;
                        for (int i = 0; i < m; i++) mean[a] += utility[i] / all * scores[a * m + i];
                        g[a] += mean[a] - scores[a * m + index[next]];
                    }
                    for (int a = 0; a < k; a++)
                    {
                        for (int b = a; b < k; b++)
                        {
                            double both = 0;
                            for (int i = 0; i < m; i++) both += utility[i] / all * scores[a * m + i] * scores[b * m + i];
                            h[a * k + b] += both - mean[a] * mean[b];
                        }
                    }
                }
                sums[block] = (loss, g, h);
            });
            (double Loss, double[] Gradient, double[] Hessian) sum = (0, new double[k], new double[k * k]);
            foreach ((double l, double[] g, double[] h) in sums)
            {
                sum.Loss += l / cases.Count;
                for (int a = 0; a < k; a++) sum.Gradient[a] += g[a] / cases.Count;
                for (int a = 0; a < k * k; a++) sum.Hessian[a] += h[a] / cases.Count;
            }
            for (int a = 0; a < k; a++)
            {
                sum.Loss += options.Regularisation * w[a] * w[a] / 2;
                sum.Gradient[a] += options.Regularisation * w[a];
                sum.Hessian[a * k + a] += options.Regularisation;
            }
            return sum;
        }
    }
}
