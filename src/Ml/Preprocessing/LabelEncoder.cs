namespace TaskGraph.Ml;

/// <summary>Maps class labels to 0 … n−1 in sorted order and back; text sorts by code unit.</summary>
public sealed class LabelEncoder<T>
    where T : notnull
{
    private readonly Dictionary<T, int> _codes = [];

    /// <summary>Creates an encoder for the distinct labels among those given.</summary>
    public LabelEncoder(IEnumerable<T> labels)
    {
        Classes = [.. labels.Distinct()];
        Array.Sort(Classes, typeof(T) == typeof(string) ? (IComparer<T>)StringComparer.Ordinal : Comparer<T>.Default);
        for (int i = 0; i < Classes.Length; i++)
            _codes.Add(Classes[i], i);
    }

    /// <summary>The classes in order; the position is the code.</summary>
    public T[] Classes { get; }

    /// <summary>The code of each label.</summary>
    /// <exception cref="ArgumentException">A label was not among those fitted.</exception>
    public int[] Transform(ReadOnlySpan<T> labels)
    {
        var codes = new int[labels.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            if (!_codes.TryGetValue(labels[i], out codes[i]))
                throw new ArgumentException($"Label '{labels[i]}' (row {i}) is none of {string.Join(", ", Classes)}.");
        }

        return codes;
    }

    /// <summary>The label of each code.</summary>
    public T[] InverseTransform(ReadOnlySpan<int> codes)
    {
        var labels = new T[codes.Length];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = Classes[codes[i]];
        return labels;
    }
}
