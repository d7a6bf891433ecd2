namespace TaskGraph.Collections;

/// <summary>Row numbers chosen by a mask.</summary>
internal static class Selection
{
    internal static int[] Indices(ReadOnlySpan<bool> mask)
    {
        var indices = new int[mask.Count(true)];
        int next = 0;
        for (int i = 0; i < mask.Length && next < indices.Length; i++)
        {
            indices[next] = i;
            next += mask[i] ? 1 : 0;
        }
        return indices;
    }
}
