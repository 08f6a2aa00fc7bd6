namespace LlmRec;

/// <summary>How probabilities are binned for a calibration error.</summary>
public enum CalibrationBinning
{
    /// <summary>Bins of equal width: bin = min(⌊bins · p⌋, bins − 1), so that a value on an edge goes up.</summary>
    EqualWidth,

    /// <summary>Bins of equal size after a stable sort; the first n mod bins hold one more.</summary>
    EqualMass,
}
