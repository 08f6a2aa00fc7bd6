namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class ScoreLossTests
{
    [Test]
    public void Slopes_AgreeWithFiniteDifferences([Values] LinearScoringLoss loss, [Values(true, false)] bool weighted)
    {
        var random = new Random(11);
        float[] scores = [.. Enumerable.Range(0, 9).Select(_ => 3 * random.NextSingle() - 1.5f)];
        float[] labels = [1, 0, 0, 1, 0, 0, 0, 0, 1];
        float[] logWeights = weighted ? [0, 0, 0, 0, 1, 1, 2, 2, 0] : [];
        var slopes = new float[9];
        ScoreLoss.Evaluate(loss, [.. scores], labels, logWeights, 2.5, slopes);
        for (int i = 0; i < 9; i++)
        {
            float[] up = [.. scores], down = [.. scores];
            up[i] += 0.01f;
            down[i] -= 0.01f;
            double difference = (Value(up) - Value(down)) / 0.02;
            Assert.That(slopes[i], Is.EqualTo(difference).Within(2e-4));
        }

        double Value(float[] s) => ScoreLoss.Evaluate(loss, [.. s], labels, logWeights, 2.5, new float[9]);
    }

    [Test]
    public void Listwise_IsTheCrossEntropyOfTheSoftmax()
    {
        double loss = ScoreLoss.Evaluate(LinearScoringLoss.Listwise, [1f, 2f, 3f], [0, 1, 0], [], 1, new float[3]);
        Assert.That(loss, Is.EqualTo(Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(3)) - 2).Within(1e-5));
    }

    [Test]
    public void Losses_OfHugeScores_StayFinite([Values] LinearScoringLoss loss)
    {
        var slopes = new float[3];
        double value = ScoreLoss.Evaluate(loss, [1e4f, -1e4f, 0f], [0, 1, 0], [], 1, slopes);
        Assert.That(double.IsFinite(value) && slopes.All(float.IsFinite), Is.True);
    }

    [Test]
    public void Objective_GradientAgreesWithFiniteDifferences([Values] LinearScoringLoss loss)
    {
        var random = new Random(5);
        var blocks = new TrainingBlock[7];
        for (int b = 0; b < blocks.Length; b++)
        {
            int n = 4 + b;
            float[] labels = new float[n];
            labels[random.Next(n)] = 1;
            blocks[b] = new([.. Enumerable.Range(0, 3 * n).Select(_ => random.NextSingle() * 4 - 2)], labels, []);
        }
        bool bias = loss is LinearScoringLoss.Logistic or LinearScoringLoss.Squared;
        var objective = new LinearObjective(blocks, LinearObjective.Scales(blocks, 3), [0.1, 0, -0.2], new() { Loss = loss, L2 = 0.3, Threads = 1 }, bias);
        double[] x = bias ? [0.4, -0.7, 0.2, 0.1] : [0.4, -0.7, 0.2];
        var gradient = new double[x.Length];
        objective.Evaluate(x, gradient);
        for (int i = 0; i < x.Length; i++)
        {
            double[] up = [.. x], down = [.. x];
            up[i] += 1e-2;
            down[i] -= 1e-2;
            Assert.That(gradient[i], Is.EqualTo((objective.Evaluate(up, new double[x.Length]) - objective.Evaluate(down, new double[x.Length])) / 2e-2).Within(5e-4));
        }
    }
}
