namespace TaskGraph;

/// <summary>A dictionary, as a map; only the default comparer travels.</summary>
internal sealed class DictionaryCodec<TDictionary, TKey, TValue>(PayloadCodec<TKey> keys, PayloadCodec<TValue> values)
    : PayloadCodec<TDictionary?>
    where TDictionary : class, IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private const int TrustedCount = 4096;

    public override void Write(ref PayloadWriter writer, TDictionary? value)
    {
        switch (value)
        {
            case null:
                writer.Pack.WriteNil();
                break;
            case Dictionary<TKey, TValue> dictionary:
                Comparers.RequireDefault(ref writer, typeof(TDictionary), dictionary.Comparer);
                Begin(ref writer, dictionary.Count);
                foreach (var (key, item) in dictionary)
                    WritePair(ref writer, key, item);
                End(ref writer);
                break;
            default:
                var pairs = value.ToArray();
                Begin(ref writer, pairs.Length);
                foreach (var (key, item) in pairs)
                    WritePair(ref writer, key, item);
                End(ref writer);
                break;
        }
    }

    public override TDictionary? Read(ref PayloadReader reader)
    {
        if (reader.Pack.TryReadNil())
            return null;
        var start = reader.Pack.Consumed;
        var count = reader.Pack.ReadMapHeader();
        reader.Pack.Enter();
        var dictionary = new Dictionary<TKey, TValue>(Math.Min(count, TrustedCount));
        for (var i = 0; i < count; i++)
        {
            var key = keys.Read(ref reader);
            if (key is null || !dictionary.TryAdd(key, values.Read(ref reader)))
                throw PayloadReader.Invalid("a dictionary whose keys differ", start);
        }

        reader.Pack.Leave();
        return (TDictionary)(object)dictionary;
    }

    public override long Measure(TDictionary? value)
    {
        if (value is null)
            return 0;
        long sum = 80;
        foreach (var (key, item) in value)
            sum += 24 + keys.Measure(key) + values.Measure(item);
        return sum;
    }

    private static void Begin(ref PayloadWriter writer, int count)
    {
        writer.Enter();
        writer.Trace?.Push("[]");
        writer.Pack.WriteMapHeader(count);
    }

    private static void End(ref PayloadWriter writer)
    {
        writer.Trace?.Pop();
        writer.Leave();
    }

    private void WritePair(ref PayloadWriter writer, TKey key, TValue value)
    {
        keys.Write(ref writer, key);
        values.Write(ref writer, value);
    }
}
