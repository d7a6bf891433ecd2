using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>
/// The user assemblies that a worker was sent. An assembly is loaded once for each content and each content of what it
/// refers to: functions that share code share its types, and a rebuilt library never mixes with its older self.
/// </summary>
internal sealed class ShippedAssemblies
{
    // Process-wide: the workers of an in-process cluster hand results to each other by reference.
    private static readonly Dictionary<Hash128, Assembly> s_loaded = [];
    private static readonly Lock s_gate = new();

    private readonly ConcurrentDictionary<Hash128, AssemblyImageWithReferences> _images = new();

    /// <summary>Whether the bytes are here.</summary>
    public bool Has(Hash128 content) => _images.ContainsKey(content);

    /// <summary>Takes an assembly's bytes.</summary>
    /// <exception cref="MalformedFunctionException">They are not what their hash says, or not an assembly.</exception>
    public void Add(Hash128 content, byte[] pe, byte[]? pdb)
    {
        if (Has(content))
        {
            return;
        }
        var actual = Hash128.Of(pe);
        if (actual != content)
        {
            throw new MalformedFunctionException($"the bytes sent as assembly {content} have the hash {actual}");
        }
        try
        {
            var metadata = AssemblyMetadata.Read(pe);
            var identity = new AssemblyIdentity(content, metadata.Name, metadata.Mvid);
            _images.TryAdd(content, new(new AssemblyImage(identity, pe, pdb), metadata.References));
        }
        catch (BadImageFormatException e)
        {
            throw new MalformedFunctionException($"the bytes of assembly {content} are not a managed assembly", e);
        }
    }

    /// <summary>
    /// The loaded assembly <paramref name="identity"/>, bound to its references among <paramref name="set"/>.
    /// </summary>
    /// <exception cref="MalformedFunctionException">
    /// Bytes are missing, or differ from what the function says.
    /// </exception>
    public Assembly Load(AssemblyIdentity identity, IReadOnlyList<AssemblyIdentity> set)
    {
        lock (s_gate)
        {
            var image = ImageOf(identity);
            var reachable = Reachable(image, set);
            var key = BoundKey(identity.Content, reachable);
            if (s_loaded.TryGetValue(key, out var known))
            {
                return known;
            }
            var context = new ShippedAssemblyContext($"{identity.Name} {identity.Content}", name =>
                reachable.TryGetValue(name, out var reference) ? Load(reference, set) : null);
            var assembly = context.Load(image.Image.Pe, image.Image.Pdb);
            s_loaded.Add(key, assembly);
            AssemblyCatalog.Shared.Register(assembly, image.Image,
                [identity, .. reachable.Values.Where(other => other.Content != identity.Content)]);
            return assembly;
        }
    }

    private AssemblyImageWithReferences ImageOf(AssemblyIdentity identity)
    {
        if (!_images.TryGetValue(identity.Content, out var image))
        {
            throw new MalformedFunctionException($"its assembly {identity.Name} ({identity.Content}) has not arrived");
        }
        return image.Image.Identity == identity
            ? image
            : throw new MalformedFunctionException(
                $"it calls assembly {identity.Content} {identity}, but its bytes say {image.Image.Identity}");
    }

    private SortedDictionary<string, AssemblyIdentity> Reachable(
        AssemblyImageWithReferences root, IReadOnlyList<AssemblyIdentity> set)
    {
        var reachable = new SortedDictionary<string, AssemblyIdentity>(StringComparer.OrdinalIgnoreCase);
        var pending = new Stack<AssemblyImageWithReferences>([root]);
        while (pending.TryPop(out var next))
        {
            foreach (var reference in next.References)
            {
                if (reachable.ContainsKey(reference))
                {
                    continue;
                }
                foreach (var candidate in set)
                {
                    if (string.Equals(candidate.Name, reference, StringComparison.OrdinalIgnoreCase))
                    {
                        reachable.Add(reference, candidate);
                        pending.Push(ImageOf(candidate));
                        break;
                    }
                }
            }
        }
        return reachable;
    }

    private static Hash128 BoundKey(Hash128 content, SortedDictionary<string, AssemblyIdentity> reachable)
    {
        var hashes = new Hash128[1 + reachable.Count];
        hashes[0] = content;
        var next = 1;
        foreach (var reference in reachable.Values)
        {
            hashes[next++] = reference.Content;
        }
        return Hash128.Of(MemoryMarshal.AsBytes<Hash128>(hashes));
    }

    private sealed record AssemblyImageWithReferences(AssemblyImage Image, string[] References);
}
