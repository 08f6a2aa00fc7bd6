namespace LlmRec;

/// <summary>Keeps the K largest positive values of a row, ties by lower id. One for a thread, used again for every row.</summary>
internal sealed class LargestOfRow(int k)
{
    private ulong[] _keys = new ulong[64];
    private int _count;
    private ulong _limit = ulong.MaxValue;   // no key from here on can be among the K smallest

    public void Clear()
    {
        _count = 0;
        _limit = ulong.MaxValue;
    }

    public void Add(int id, float value)
    {
        if (!(value > 0)) return;
        // positive floats order like their bits: the inverted bits and then the id make one ascending key
        ulong key = (ulong)~BitConverter.SingleToUInt32Bits(value) << 32 | (uint)id;
        if (key >= _limit) return;
        if (_count == _keys.Length) MakeRoom();
        if (key < _limit) _keys[_count++] = key;
    }

    /// <summary>The kept items, largest first, with their values.</summary>
    public (int[] Ids, float[] Values) Take()
    {
        Array.Sort(_keys, 0, _count);
        int n = Math.Min(_count, k);
        int[] ids = new int[n];
        float[] values = new float[n];
        for (int i = 0; i < n; i++)
        {
            ids[i] = (int)(uint)_keys[i];
            values[i] = BitConverter.UInt32BitsToSingle(~(uint)(_keys[i] >> 32));
        }
        return (ids, values);
    }

    private void MakeRoom()
    {
        if (_count < 2L * k)
        {
            Array.Resize(ref _keys, (int)Math.Min(2L * k, 2L * _count));
            if (_count < _keys.Length) return;
        }
        Array.Sort(_keys, 0, _count);
        _count = k;
        _limit = _keys[k - 1];
    }
}
