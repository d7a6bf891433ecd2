using System.Text.Json;

namespace TaskGraph;

/// <summary>
/// Which assemblies of the program rely on native libraries, and for which platforms these were restored: the
/// program's deps.json says so. Native libraries do not travel; they must be on the worker.
/// </summary>
internal static class NativeAssets
{
    private static readonly Lazy<Dictionary<string, string[]>> s_own = new(ReadOwn);

    /// <summary>
    /// The platforms (<c>linux-x64</c>) that have the assembly's native libraries; empty when it needs none.
    /// </summary>
    public static IReadOnlyList<string> PlatformsOf(string assemblyName)
    {
        return s_own.Value.TryGetValue(assemblyName, out var platforms) ? platforms : [];
    }

    /// <summary>Reads the native platforms of every assembly that a deps.json lists with some.</summary>
    public static Dictionary<string, string[]> Parse(ReadOnlyMemory<byte> depsJson)
    {
        var platforms = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        using var document = JsonDocument.Parse(depsJson);
        if (!document.RootElement.TryGetProperty("targets", out var targets))
        {
            return platforms;
        }
        foreach (var target in targets.EnumerateObject())
        {
            foreach (var library in target.Value.EnumerateObject())
            {
                var found = new SortedSet<string>(StringComparer.Ordinal);
                AddNative(library.Value, found);
                AddNativeOnlyDependencies(library.Value, target.Value, found);
                if (found.Count > 0)
                {
                    Add(platforms, library.Value, [.. found]);
                }
            }
        }
        return platforms;
    }

    /// <summary>
    /// Whether libraries for <paramref name="restored"/> serve a worker on <paramref name="platform"/>.
    /// </summary>
    public static bool Serve(IReadOnlyList<string> restored, string platform)
    {
        var system = platform.Split('-')[0];
        foreach (var one in restored)
        {
            if (one == platform || one == system || one == "any" || (one == "unix" && system is "linux" or "osx"))
            {
                return true;
            }
        }
        return false;
    }

    private static void AddNative(JsonElement library, SortedSet<string> found)
    {
        if (!library.TryGetProperty("runtimeTargets", out var assets))
        {
            return;
        }
        foreach (var asset in assets.EnumerateObject())
        {
            if (asset.Value.TryGetProperty("assetType", out var type) && type.GetString() == "native"
                && asset.Value.TryGetProperty("rid", out var platform))
            {
                found.Add(platform.GetString()!);
            }
        }
    }

    // Packages often keep their native libraries in a package of their own, without an assembly: X.Native beside X.
    private static void AddNativeOnlyDependencies(JsonElement library, JsonElement target, SortedSet<string> found)
    {
        if (!library.TryGetProperty("dependencies", out var dependencies))
        {
            return;
        }
        foreach (var dependency in dependencies.EnumerateObject())
        {
            if (target.TryGetProperty($"{dependency.Name}/{dependency.Value.GetString()}", out var other)
                && !other.TryGetProperty("runtime", out _))
            {
                AddNative(other, found);
            }
        }
    }

    private static void Add(Dictionary<string, string[]> platforms, JsonElement library, string[] found)
    {
        if (library.TryGetProperty("runtime", out var assemblies))
        {
            foreach (var assembly in assemblies.EnumerateObject())
            {
                platforms[Path.GetFileNameWithoutExtension(assembly.Name)] = found;
            }
        }
    }

    private static Dictionary<string, string[]> ReadOwn()
    {
        var all = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        var files = AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "";
        foreach (var file in files.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!File.Exists(file) || SharedFramework.OwnsFile(file, null))
            {
                continue;
            }
            foreach (var (name, platforms) in Parse(File.ReadAllBytes(file)))
            {
                all[name] = platforms;
            }
        }
        return all;
    }
}
