using LlmRec.Kernels;

namespace LlmRec.Transformers;

/// <summary>Sees the residual stream after a layer (0: what goes into the first one), before any final norm.</summary>
internal delegate void HiddenTap(int layer, ReadOnlyMatrixSpan x);
