using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph;

/// <summary>Sends assemblies that the scheduler lacks, in chunks: the PE image followed by its PDB.</summary>
internal static class AssemblySender
{
    /// <summary>Answers <paramref name="need"/>; an assembly that cannot be sent is said to be absent.</summary>
    public static void Send(Connection connection, NeedAssemblies need, Action<string> warn)
    {
        foreach (var content in need.Contents.Span)
        {
            try
            {
                Send(connection, content, AssemblyCatalog.Shared.Find(content));
            }
            catch (Exception e) when (e is TaskGraphException or IOException)
            {
                warn(e.Message);
                Send(connection, content, null);
            }
        }
        connection.Flush();
    }

    private static void Send(Connection connection, Hash128 content, AssemblyImage? image)
    {
        if (image is null)
        {
            connection.Write(new AssemblyBytes { Content = content });
            return;
        }
        var pdb = image.Pdb ?? [];
        byte[] all = [.. image.Pe, .. pdb];
        for (var offset = 0; offset < all.Length; offset += Protocol.MaxChunkBytes)
        {
            connection.Write(new AssemblyBytes
            {
                Content = content,
                Name = image.Identity.Name,
                PeLength = image.Pe.Length,
                PdbLength = pdb.Length,
                Offset = offset,
                Chunk = all[offset..Math.Min(all.Length, offset + Protocol.MaxChunkBytes)],
            });
        }
    }
}
