using LlmRec.Perf;

// LlmRec.Perf WORKLOAD [--name value ...]: runs one workload and prints one JSON line.
if (args.Length == 0 || args[0] is "--help" or "-h" or "help")
{
    Console.WriteLine("LlmRec.Perf WORKLOAD [--n N] [--d D] [--k K] [--threads T] [--seed S] [--seconds S] [--NAME VALUE ...]");
    Console.WriteLine("LlmRec.Perf roofline LINES.jsonl PICTURE.svg: draws what was printed below the machine's limits");
    foreach (IWorkload known in WorkloadRegistry.All)
        Console.WriteLine($"  {known.Name,-16} {known.Description}");
    return args.Length == 0 ? 2 : 0;
}

if (args is ["roofline", var lines, var picture])
{
    Roofline.Draw(lines, picture);
    return 0;
}

if (WorkloadRegistry.All.FirstOrDefault(w => w.Name == args[0]) is not { } workload)
{
    Console.Error.WriteLine($"no workload is called '{args[0]}'; known: {string.Join(", ", WorkloadRegistry.All.Select(w => w.Name))}");
    return 2;
}

try
{
    var options = PerfArguments.Parse(args.AsSpan(1));
    PerfResult result = workload.Run(options);
    options.ThrowIfUnread();
    Console.WriteLine(result.ToJson(workload.Name, options));
    return 0;
}
catch (Exception e) when (e is ArgumentException or InvalidDataException or FileNotFoundException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
