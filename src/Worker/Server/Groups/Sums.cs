using System.Numerics;
using System.Runtime.InteropServices;

namespace TaskGraph.Worker.Server.Groups;

/// <summary>Adds one vector to another, elementwise.</summary>
internal static class Sums
{
    /// <summary>Adds <paramref name="addend"/> to <paramref name="sum"/>, which is as long.</summary>
    public static void Add(Span<float> sum, ReadOnlySpan<float> addend)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(sum);
        var wideAddend = MemoryMarshal.Cast<float, Vector<float>>(addend);
        for (var i = 0; i < wide.Length; i++)
            wide[i] += wideAddend[i];
        for (var i = wide.Length * Vector<float>.Count; i < sum.Length; i++)
            sum[i] += addend[i];
    }
}
