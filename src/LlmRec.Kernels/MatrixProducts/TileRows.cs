namespace LlmRec.Kernels;

/// <summary>A number of tile rows as a type, so that the compiler makes one straight kernel for each.</summary>
internal interface ITileRows
{
    static abstract int Count { get; }
}

/// <summary>The numbers 1 to 8.</summary>
internal static class TileRows
{
    public readonly struct R1 : ITileRows { public static int Count => 1; }

    public readonly struct R2 : ITileRows { public static int Count => 2; }

    public readonly struct R3 : ITileRows { public static int Count => 3; }

    public readonly struct R4 : ITileRows { public static int Count => 4; }

    public readonly struct R5 : ITileRows { public static int Count => 5; }

    public readonly struct R6 : ITileRows { public static int Count => 6; }

    public readonly struct R7 : ITileRows { public static int Count => 7; }

    public readonly struct R8 : ITileRows { public static int Count => 8; }
}
