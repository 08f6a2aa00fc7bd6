using LlmRec;

namespace MovieLensSample;

/// <summary>Prints each stage of a build once, as it begins.</summary>
internal sealed class ConsoleProgress : IProgress<BuildProgress>
{
    private readonly Lock _gate = new();
    private string _stage = "";

    public void Report(BuildProgress value)
    {
        lock (_gate)
        {
            if (value.Stage == _stage) return;
            _stage = value.Stage;
            Console.Error.WriteLine($"  {value.Stage} …");
        }
    }
}
