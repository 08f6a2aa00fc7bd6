namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class LbfgsTests
{
    [Test]
    public void Step_FindsTheMinimumOfAnIllConditionedQuadratic()
    {
        double[] curvature = [1, 10, 100, 1000, 0.1], centre = [1, -2, 3, -4, 5];
        var minimiser = new Lbfgs(new double[5], (x, g) =>
        {
            double value = 0;
            for (int i = 0; i < 5; i++)
            {
                double away = x[i] - centre[i];
                value += 0.5 * curvature[i] * away * away;
                g[i] = curvature[i] * away;
            }
            return value;
        });
        for (int i = 0; i < 100 && minimiser.Step(); i++) { }
        Assert.That(minimiser.X, Is.EqualTo(centre).Within(1e-6));
    }

    [Test]
    public void Step_FindsTheMinimumOfRosenbrocksValley()
    {
        var minimiser = new Lbfgs([-1.2, 1], (x, g) =>
        {
            double a = 1 - x[0], b = x[1] - x[0] * x[0];
            g[0] = -2 * a - 400 * x[0] * b;
            g[1] = 200 * b;
            return a * a + 100 * b * b;
        });
        for (int i = 0; i < 200 && minimiser.Step(); i++) { }
        Assert.That(minimiser.X, Is.EqualTo(new double[] { 1, 1 }).Within(1e-5));
    }

    [Test]
    public void Step_AtTheMinimum_SaysSo()
    {
        var minimiser = new Lbfgs([0.0], (x, g) => { g[0] = x[0]; return x[0] * x[0] / 2; });
        Assert.That(minimiser.Step(), Is.False);
    }
}
