using System.Buffers;

namespace TaskGraph;

/// <summary>
/// The constant bytes before each member's value: the header before the first, names, nils for unused keys.
/// </summary>
internal static class ContractLayout
{
    public static byte[][] Of(Contract contract)
    {
        var members = contract.Members;
        var layout = new byte[Math.Max(1, members.Length)][];
        var nextKey = 0;
        for (var i = 0; i < layout.Length; i++)
        {
            var output = new ArrayBufferWriter<byte>();
            var writer = new MessagePackWriter(output);
            if (i == 0)
                WriteHeader(ref writer, contract);
            if (members.Length > 0 && contract.AsArray)
            {
                for (; nextKey < members[i].Key; nextKey++)
                    writer.WriteNil();
                nextKey++;
            }
            else if (members.Length > 0)
            {
                writer.Write(members[i].Name);
            }

            writer.Flush();
            layout[i] = output.WrittenSpan.ToArray();
        }

        return layout;
    }

    private static void WriteHeader(ref MessagePackWriter writer, Contract contract)
    {
        if (contract.AsArray)
            writer.WriteArrayHeader(contract.Members.Length == 0 ? 0 : contract.Members[^1].Key + 1);
        else
            writer.WriteMapHeader(contract.Members.Length);
    }
}
