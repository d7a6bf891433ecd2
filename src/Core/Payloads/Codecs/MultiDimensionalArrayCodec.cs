namespace TaskGraph;

/// <summary>An array of rank 2 or more: its lengths, then its elements in row-major order.</summary>
internal sealed class MultiDimensionalArrayCodec<TArray, T>(ElementRun<T> run) : PayloadCodec<TArray?>
    where TArray : class
{
    private readonly int _rank = typeof(TArray).GetArrayRank();

    public override void Write(ref PayloadWriter writer, TArray? value)
    {
        if (value is null)
        {
            writer.Pack.WriteNil();
            return;
        }

        var array = (Array)(object)value;
        writer.Enter();
        writer.Pack.WriteArrayHeader(_rank + 1);
        for (var dimension = 0; dimension < _rank; dimension++)
        {
            if (array.GetLowerBound(dimension) != 0)
                throw writer.Refuse(typeof(TArray), "its indexes do not begin at 0; copy it into an ordinary array");
            writer.Pack.Write(array.GetLength(dimension));
        }

        run.WriteArray(ref writer, array, 0, array.Length);
        writer.Leave();
    }

    public override TArray? Read(ref PayloadReader reader)
    {
        if (reader.Pack.TryReadNil())
            return null;
        var start = reader.Pack.Consumed;
        reader.Pack.ReadArrayHeader(_rank + 1);
        reader.Pack.Enter();
        var lengths = new int[_rank];
        UInt128 count = 1;
        for (var dimension = 0; dimension < _rank; dimension++)
        {
            var length = reader.Pack.ReadInt32();
            if (length < 0)
                throw PayloadReader.Invalid("the length of a dimension", start);
            lengths[dimension] = length;
            count = unchecked(count * (uint)length);
        }

        // The elements are read before the array is made: the lengths must not size it unless they are true.
        var elements = run.Read(ref reader);
        reader.Pack.Leave();
        if (Overflows(lengths) || count != (uint)elements.Length)
        {
            throw new MessagePackException(
                $"an array of {string.Join('×', lengths)}", $"{elements.Length} elements", start);
        }

        var array = Array.CreateInstance(typeof(T), lengths);
        elements.CopyTo(ArrayBytes.Elements<T>(array, 0, array.Length));
        return (TArray)(object)array;
    }

    public override long Measure(TArray? value)
    {
        if (value is null)
            return 0;
        var array = (Array)(object)value;
        return 32 + (8 * _rank) + run.Measure(ArrayBytes.Elements<T>(array, 0, array.Length));
    }

    private static bool Overflows(int[] lengths)
    {
        double product = 1;
        foreach (var length in lengths)
            product *= length;
        return product > Array.MaxLength;
    }
}
