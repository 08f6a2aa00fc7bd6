namespace LlmRec.Perf;

/// <summary>Runs a body on a given number of threads, the caller being the first, and waits for all.</summary>
internal static class Crew
{
    public static void Run(int threads, Action<int> body)
    {
        if (threads == 1)
        {
            body(0);
            return;
        }
        var others = new Thread[threads - 1];
        for (int i = 0; i < others.Length; i++)
        {
            int rank = i + 1;
            others[i] = new Thread(() => body(rank));
            others[i].Start();
        }
        body(0);
        foreach (Thread thread in others)
            thread.Join();
    }
}
