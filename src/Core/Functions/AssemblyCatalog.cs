using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace TaskGraph;

/// <summary>
/// The user assemblies that this process can send: found from loaded code, with everything they refer to, and kept by
/// the hash of their bytes. Files are read once for each path, time of change and length.
/// </summary>
public sealed class AssemblyCatalog
{
    private readonly ConcurrentDictionary<string, FileEntry> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Hash128, AssemblyIdentity> _identities = new();
    private readonly ConcurrentDictionary<Hash128, string> _paths = new();
    private readonly ConcurrentDictionary<Assembly, AssemblyIdentity[]> _closures = new();
    private readonly ConcurrentDictionary<Hash128, AssemblyImage> _images = new();
    private readonly Lazy<Dictionary<string, string>> _trusted = new(TrustedAssemblies);

    /// <summary>The process's catalog: what is encoded here can be asked for here.</summary>
    public static AssemblyCatalog Shared { get; } = new();

    /// <summary>The bytes of an assembly by the hash of its content, or null when this process never had it.</summary>
    /// <exception cref="FunctionNotShippableException">The file was changed since the program was started.</exception>
    public AssemblyImage? Find(Hash128 content)
    {
        if (_images.TryGetValue(content, out var image))
        {
            return image;
        }
        if (!_paths.TryGetValue(content, out var path) || !_identities.TryGetValue(content, out var identity))
        {
            return null;
        }
        var pe = File.ReadAllBytes(path);
        if (Hash128.Of(pe) != content)
        {
            throw Rebuilt(identity.Name, path);
        }
        var symbols = Path.ChangeExtension(path, ".pdb");
        return new AssemblyImage(identity, pe, File.Exists(symbols) ? File.ReadAllBytes(symbols) : null);
    }

    /// <summary>The assembly itself, first, and all user assemblies that it refers to, directly or not.</summary>
    /// <exception cref="FunctionNotShippableException">The assembly has no file that could be sent.</exception>
    public IReadOnlyList<AssemblyIdentity> ClosureOf(Assembly assembly)
    {
        return _closures.GetOrAdd(assembly, static (a, catalog) => catalog.FindClosure(a), this);
    }

    /// <summary>Whether the assembly is a file that this process's own code, or its references, come from.</summary>
    internal bool Runs(Hash128 content) => _paths.ContainsKey(content);

    /// <summary>Makes an assembly that was loaded from bytes sendable: a worker's tasks submit tasks too.</summary>
    internal void Register(Assembly assembly, AssemblyImage image, AssemblyIdentity[] closure)
    {
        _images[image.Identity.Content] = image;
        _identities[image.Identity.Content] = image.Identity;
        _closures[assembly] = closure;
    }

    private AssemblyIdentity[] FindClosure(Assembly root)
    {
        var name = root.GetName().Name ?? "?";
        if (root.IsDynamic)
        {
            throw new FunctionNotShippableException(name, "the assembly was emitted at run time and has no file",
                "Use a method of a compiled assembly");
        }
        if (root.Location.Length == 0)
        {
            throw new FunctionNotShippableException(name,
                "the assembly has no file: the program was published as a single file, or it was loaded from bytes",
                "Publish without PublishSingleFile, or load the assembly from a file");
        }
        var entry = Read(root.Location);
        if (entry.Metadata.Mvid != root.ManifestModule.ModuleVersionId)
        {
            throw Rebuilt(name, root.Location);
        }
        var found = new List<AssemblyIdentity>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { entry.Metadata.Name };
        var pending = new Queue<FileEntry>([entry]);
        while (pending.TryDequeue(out var next))
        {
            found.Add(next.Identity);
            foreach (var reference in next.Metadata.References)
            {
                if (seen.Add(reference) && FindFile(reference, root, next.Path) is { } path)
                {
                    pending.Enqueue(Read(path));
                }
            }
        }
        return [.. found];
    }

    /// <summary>The file of a referenced user assembly; null for the worker's own and for those not deployed.</summary>
    private string? FindFile(string reference, Assembly root, string referringPath)
    {
        if (SharedFramework.IsUnified(reference))
        {
            return null;
        }
        var context = AssemblyLoadContext.GetLoadContext(root) ?? AssemblyLoadContext.Default;
        foreach (var loaded in context.Assemblies)
        {
            if (!loaded.IsDynamic && loaded.Location.Length > 0
                && string.Equals(loaded.GetName().Name, reference, StringComparison.OrdinalIgnoreCase))
            {
                return SharedFramework.Owns(loaded) ? null : loaded.Location;
            }
        }
        var beside = Path.Combine(Path.GetDirectoryName(referringPath) ?? "", reference + ".dll");
        var path = _trusted.Value.TryGetValue(reference, out var trusted) ? trusted
            : File.Exists(beside) ? beside : null;
        return path is null || SharedFramework.OwnsFile(path, reference) ? null : path;
    }

    private FileEntry Read(string path)
    {
        var file = new FileInfo(path);
        if (_files.TryGetValue(path, out var known)
            && known.Changed == file.LastWriteTimeUtc && known.Length == file.Length)
        {
            return known;
        }
        var pe = File.ReadAllBytes(path);
        var metadata = AssemblyMetadata.Read(pe);
        var identity = new AssemblyIdentity(Hash128.Of(pe), metadata.Name, metadata.Mvid);
        var entry = new FileEntry(path, file.LastWriteTimeUtc, pe.Length, identity, metadata);
        _identities[identity.Content] = identity;
        _paths[identity.Content] = path;
        _files[path] = entry;
        return entry;
    }

    private static Dictionary<string, string> TrustedAssemblies()
    {
        var list = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        var paths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }
        return paths;
    }

    private static FunctionNotShippableException Rebuilt(string name, string path)
    {
        return new FunctionNotShippableException(name,
            $"its file {path} was replaced since this program was started", "Restart the program");
    }

    private sealed record FileEntry(
        string Path, DateTime Changed, long Length, AssemblyIdentity Identity, AssemblyMetadata Metadata);
}
