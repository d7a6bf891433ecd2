using System.Reflection;
using System.Runtime.Loader;

namespace TaskGraph;

/// <summary>
/// Holds one shipped assembly and binds its references to the other assemblies it was shipped with; what was not
/// shipped comes from the worker itself. Not collectible: collectible code gets no tiered compilation.
/// </summary>
internal sealed class ShippedAssemblyContext(string name, Func<string, Assembly?> resolve)
    : AssemblyLoadContext(name, isCollectible: false)
{
    /// <summary>Loads the assembly from its bytes.</summary>
    public Assembly Load(byte[] pe, byte[]? pdb)
    {
        using var image = new MemoryStream(pe, writable: false);
        using var symbols = pdb is null ? null : new MemoryStream(pdb, writable: false);
        return LoadFromStream(image, symbols);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        return assemblyName.Name is { } wanted && !SharedFramework.IsUnified(wanted) ? resolve(wanted) : null;
    }
}
