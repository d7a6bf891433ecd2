using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace TaskGraph;

/// <summary>What an assembly file says of itself, read without loading it.</summary>
/// <param name="Name">The simple name.</param>
/// <param name="Mvid">The module version id.</param>
/// <param name="References">The simple names of the assemblies it was compiled against.</param>
internal sealed record AssemblyMetadata(string Name, Guid Mvid, string[] References)
{
    /// <summary>Reads the metadata of <paramref name="pe"/>.</summary>
    /// <exception cref="BadImageFormatException">The bytes are not a managed assembly.</exception>
    public static AssemblyMetadata Read(byte[] pe)
    {
        using var reader = new PEReader(ImmutableCollectionsOf(pe));
        if (!reader.HasMetadata)
        {
            throw new BadImageFormatException("The file is not a managed assembly.");
        }
        var metadata = reader.GetMetadataReader();
        var definition = metadata.GetAssemblyDefinition();
        var mvid = metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        var references = new List<string>();
        foreach (var handle in metadata.AssemblyReferences)
        {
            references.Add(metadata.GetString(metadata.GetAssemblyReference(handle).Name));
        }
        return new AssemblyMetadata(metadata.GetString(definition.Name), mvid, [.. references]);
    }

    private static ImmutableArray<byte> ImmutableCollectionsOf(byte[] bytes)
    {
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(bytes);
    }
}
