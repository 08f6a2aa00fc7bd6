using System.Runtime.InteropServices;
using LlmRec.Kernels;

namespace LlmRec.Perf;

/// <summary>Reads pairs of users and items from three little-endian files, sorted by user and then item.</summary>
internal static class Coo
{
    /// <param name="folder">With <c>coo_user_i32.bin</c>, <c>coo_item_i32.bin</c> and <c>coo_value_f32.bin</c>.</param>
    /// <param name="binary">True: every pair counts 1, and the values are not read.</param>
    public static SparseMatrix Read(string folder, bool binary)
    {
        int[] users = Values<int>(Path.Combine(folder, "coo_user_i32.bin")), items = Values<int>(Path.Combine(folder, "coo_item_i32.bin"));
        float[] values = binary ? new float[users.Length] : Values<float>(Path.Combine(folder, "coo_value_f32.bin"));
        if (binary) Array.Fill(values, 1);
        int[] starts = new int[users[^1] + 2];
        foreach (int u in users) starts[u + 1]++;
        for (int u = 1; u < starts.Length; u++) starts[u] += starts[u - 1];
        return new(items.Max() + 1, starts, items, values);
    }

    private static T[] Values<T>(string file) where T : unmanaged => MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(file)).ToArray();
}
