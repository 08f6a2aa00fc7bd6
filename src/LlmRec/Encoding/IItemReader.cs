namespace LlmRec;

/// <summary>An item encoder that reads one item after another with memory of its own, which <see cref="ItemBatch"/> walks through a batch.</summary>
/// <typeparam name="TScratch">What one thread needs.</typeparam>
internal interface IItemReader<TScratch>
{
    int Dimensions { get; }

    TScratch Rent();

    void Return(TScratch scratch);

    void Encode(Item item, Span<float> vector, TScratch scratch);
}
