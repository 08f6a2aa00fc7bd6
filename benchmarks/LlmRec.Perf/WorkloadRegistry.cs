using LlmRec.Perf.Workloads;

namespace LlmRec.Perf;

/// <summary>Every workload, in the order of the help text.</summary>
internal static class WorkloadRegistry
{
    public static IReadOnlyList<IWorkload> All { get; } =
    [
        new StreamWorkload(),
        new PeakWorkload(),
        new ScanWorkload(),
        new TwoStageWorkload(),
        new ManyWorkload(),
        new IndexUpdatesWorkload(),
        new IndexOpenWorkload(),
        new HnswWorkload(),
        new GemmWorkload(),
        new CholeskyWorkload(),
        new RowsWorkload(),
        new EncodeWorkload(),
        new TitlesWorkload(),
        new RecommendWorkload(),
        new DiversifyWorkload(),
        new HnswChangesWorkload(),
        new AlsWorkload(gradient: false),
        new AlsWorkload(gradient: true),
        new FactorTopKWorkload(),
        new TokenizeWorkload(),
        new TruncatedSvdWorkload(),
        new SvdPlusPlusWorkload(),
    ];
}
