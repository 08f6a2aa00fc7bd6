namespace LlmRec.Tests.Ranking;

[TestFixture]
public sealed class FeatureRecipesTests
{
    [Test]
    public void Read_MakesTheFeatureThatWroteTheRecipe()
    {
        SmallWorld world = new SmallWorld(30, 8, 300, 1).Counted();
        UserProfile user = world.User(4, 5, 6);
        foreach (IFeature feature in Features.Default().Concat(Features.Product(2)))
        {
            IFeature again = FeatureRecipes.Read(((IBuiltInFeature)feature).Recipe);
            float[] expected = new float[30], actual = new float[30];
            feature.Compute(user, world.All(), expected);
            again.Compute(user, world.All(), actual);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(again.Name, Is.EqualTo(feature.Name));
                Assert.That(actual, Is.EqualTo(expected), feature.Name);
            }
        }
    }

    [Test]
    public void Read_OfNonsense_SaysSo([Values("followers", "followers 2 0.5 0.25", "tea leaves", "text x")] string recipe) =>
        Assert.That(() => FeatureRecipes.Read(recipe), Throws.InstanceOf<FormatException>().With.Message.Contains(recipe));
}
