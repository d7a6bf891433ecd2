namespace TaskGraph;

/// <summary>What compiled contract code calls besides codecs.</summary>
internal static class ContractSteps
{
    public static void WriteRaw(ref PayloadWriter writer, byte[] bytes)
    {
        if (bytes.Length > 0)
            writer.Pack.WriteRaw(bytes);
    }

    public static void Skip(ref PayloadReader reader) => reader.Pack.Skip();

    /// <summary>Reads a member's name: its index, or −1 if there is no such member.</summary>
    public static int ReadName(ref PayloadReader reader, byte[][] names, int position)
    {
        // The same code on both sides writes the members in the same order: mostly the first comparison is the last.
        var name = reader.Pack.ReadUtf8();
        if ((uint)position < (uint)names.Length && name.SequenceEqual(names[position]))
            return position;
        for (var i = 0; i < names.Length; i++)
        {
            if (name.SequenceEqual(names[i]))
                return i;
        }

        return -1;
    }
}
