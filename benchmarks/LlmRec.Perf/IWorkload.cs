namespace LlmRec.Perf;

/// <summary>One named piece of work that is timed for given sizes. To add one: a file under <c>Workloads/</c> and a line in <see cref="WorkloadRegistry"/>.</summary>
internal interface IWorkload
{
    /// <summary>The word that selects it on the command line.</summary>
    string Name { get; }

    /// <summary>One line for the help text: what is timed, and the options it reads with their defaults.</summary>
    string Description { get; }

    /// <summary>Prepares the data outside the clock, times the work with <see cref="Stopwatcher"/> and returns the figures.</summary>
    PerfResult Run(PerfArguments options);
}
