namespace LlmRec;

/// <summary>How a diversifier weighs variety against relevance.</summary>
/// <remarks>λ below is 1 − diversity, r a candidate's relevance, s a similarity and d = 1 − s a distance, S the picks so far.</remarks>
public enum DiversityStrategy
{
    /// <summary>The ranker's order; only rules and exploration act. O(n k).</summary>
    Relevance = 0,

    /// <summary>Maximal marginal relevance (Carbonell and Goldstein 1998): λ r − (1 − λ) max s to the picks. Avoids near-doubles. O(n d k) at worst, usually O(n + k² d).</summary>
    Mmr = 1,

    /// <summary>Max-sum dispersion (Borodin et al. 2012): λ r + (1 − λ) Σ d to the picks. Spreads over the whole space; reaches for outliers. O(n d k).</summary>
    Msd = 2,

    /// <summary>Greedy determinantal point process (Chen et al. 2018, arXiv 1709.05135): the largest volume spanned by relevance-weighted vectors. O(n d k) at worst.</summary>
    Dpp = 3,

    /// <summary>Coverage with diminishing returns: every candidate should have something like it in the list. O(n² d).</summary>
    Cover = 4,

    /// <summary>Sliding spectrum decomposition (Huang et al. 2021, arXiv 2107.05204): relevance plus what is left of a vector outside the span of the latest picks. O(n d k).</summary>
    Ssd = 5,

    /// <summary>xQuAD (Santos et al. 2010): λ r + (1 − λ) Σ over categories of the user's interest × the item's share × how far the category is still uncovered. O(n c k).</summary>
    XQuad = 6,

    /// <summary>Calibration (Steck 2018): λ Σ r − (1 − λ) KL(the user's category mix ‖ the list's). O(n c k).</summary>
    Calibrated = 7,

    /// <summary>
    /// Relevance-aware xQuAD (Vargas, Castells and Vallet 2012): an item serves a category only as far as it is relevant (relevance
    /// clipped to 0..1), so a poor item neither fills a category nor closes it. At diversity 1 it is IA-Select (Agrawal et al. 2009). O(n c k).
    /// </summary>
    RelevantXQuad = 8,
}
