namespace LlmRec.Kernels;

/// <summary>An element-wise function written once for all widths.</summary>
internal interface ILaneFunction
{
    static abstract TVector Apply<TLanes, TVector>(TVector x)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct;
}
