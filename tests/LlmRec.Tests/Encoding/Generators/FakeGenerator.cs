using Microsoft.Extensions.AI;

namespace LlmRec.Tests;

/// <summary>A generator that writes down what it is asked, and errs on order.</summary>
internal sealed class FakeGenerator(int dimensions = 4, EmbeddingGeneratorMetadata? metadata = null) : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly Lock _lock = new();

    public List<string[]> Asked { get; } = [];

    public List<EmbeddingGenerationOptions?> Options { get; } = [];

    public Func<string, float[]>? Vector { get; init; }

    public int Missing { get; init; }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string[] texts = [.. values];
        lock (_lock)
        {
            Asked.Add(texts);
            Options.Add(options);
        }
        var result = new GeneratedEmbeddings<Embedding<float>>(texts.Skip(Missing).Select(t => new Embedding<float>(Vector?.Invoke(t) ?? Of(t, options?.Dimensions ?? dimensions))))
        {
            Usage = new() { InputTokenCount = texts.Sum(t => t.Split(' ').Length) },
        };
        return Task.FromResult(result);
    }

    /// <summary>Words as directions, of no particular length.</summary>
    public static float[] Of(string text, int dimensions)
    {
        var v = new float[dimensions];
        foreach (string word in text.Split([' ', '.', ','], StringSplitOptions.RemoveEmptyEntries)) v[(int)(TermTable.Hash(word) % (ulong)dimensions)] += 3;
        return v;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(EmbeddingGeneratorMetadata) ? metadata : null;

    public void Dispose()
    {
    }
}
