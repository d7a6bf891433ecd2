namespace TaskGraph;

/// <summary>Elements one by one, under their own codec.</summary>
internal sealed class ItemRun<T>(PayloadCodec<T> codec) : ElementRun<T>
{
    // Room for an array is made as its elements arrive: the count in the header is the sender's word only.
    private const int TrustedCount = 4096;
    private const int SampleCount = 256;

    public override void Write(ref PayloadWriter writer, scoped ReadOnlySpan<T> elements)
    {
        writer.Enter();
        writer.Trace?.Push("[]");
        writer.Pack.WriteArrayHeader(elements.Length);
        foreach (var element in elements)
            codec.Write(ref writer, element);
        writer.Trace?.Pop();
        writer.Leave();
    }

    public override T[] Read(ref PayloadReader reader)
    {
        var count = reader.Pack.ReadArrayHeader();
        if (count == 0)
            return [];
        reader.Pack.Enter();
        var elements = new T[Math.Min(count, TrustedCount)];
        for (var i = 0; i < count; i++)
        {
            if (i == elements.Length)
                Array.Resize(ref elements, (int)Math.Min(count, 2L * elements.Length));
            elements[i] = codec.Read(ref reader);
        }

        reader.Pack.Leave();
        return elements;
    }

    public override long Measure(ReadOnlySpan<T> elements)
    {
        var size = codec.FixedBytes;
        if (size > 0)
            return (long)size * elements.Length;

        // A large collection is measured by a sample spread over it. Each element counts its own slot of 8 bytes.
        var step = Math.Max(1, elements.Length / SampleCount);
        long sum = 0;
        var taken = 0;
        for (var i = 0; i < elements.Length; i += step)
        {
            sum += codec.Measure(elements[i]);
            taken++;
        }

        return taken == 0 ? 0 : (long)((double)sum / taken * elements.Length) + (8L * elements.Length);
    }
}
