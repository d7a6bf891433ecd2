using System.Collections.Concurrent;
using System.Reflection;

namespace TaskGraph;

/// <summary>
/// Tells the runtime's own assemblies from user code. The former are on every worker and never travel; their types
/// are the only ones that a function may name by text.
/// </summary>
internal static class SharedFramework
{
    private static readonly ConcurrentDictionary<Assembly, bool> s_owned = new();
    private static readonly string s_runtimeFolder = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";

    // dotnet/shared/Microsoft.NETCore.App/10.0.1 → dotnet/shared; null in a self-contained application.
    private static readonly string? s_sharedFolder = FindSharedFolder();

    // Core and Transport speak the worker's protocol, so shipped code must bind to the worker's own copies, and to
    // the copies of the packages that appear in their signatures.
    private static readonly HashSet<string> s_unified = new(StringComparer.OrdinalIgnoreCase)
    {
        "TaskGraph.Core",
        "TaskGraph.Transport",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
    };

    /// <summary>Whether the worker has the assembly itself, so that it must not travel.</summary>
    public static bool Owns(Assembly assembly)
    {
        return s_owned.GetOrAdd(assembly, static a =>
        {
            var name = a.GetName().Name;
            return IsUnified(name) || (!a.IsDynamic && OwnsFile(a.Location, name));
        });
    }

    /// <summary>Whether the file is part of the shared framework; <paramref name="name"/> is its simple name.</summary>
    public static bool OwnsFile(string path, string? name)
    {
        if (path.Length == 0)
        {
            return false;
        }
        if (s_sharedFolder is not null)
        {
            return path.StartsWith(s_sharedFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        }
        // A self-contained application keeps the framework in its own folder: only names are left to go by.
        return Path.GetDirectoryName(path) == s_runtimeFolder && HasFrameworkName(name ?? "");
    }

    /// <summary>
    /// Whether shipped code binds to the worker's copy of an assembly that is not part of the framework.
    /// </summary>
    public static bool IsUnified(string? name) => name is not null && s_unified.Contains(name);

    /// <summary>Whether the assembly is one of TaskGraph's own, such as <c>TaskGraph.Collections</c>.</summary>
    public static bool IsTaskGraph(string? name)
    {
        return name is "TaskGraph.Core" or "TaskGraph.Transport" or "TaskGraph.Client" or "TaskGraph.Cluster"
            or "TaskGraph.Collections" or "TaskGraph.Ml";
    }

    /// <summary>The worker's own assembly of that name, or null when it is not one that may be named by text.</summary>
    public static Assembly? Resolve(string name)
    {
        Assembly assembly;
        try
        {
            assembly = Assembly.Load(new AssemblyName(name));
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return null;
        }
        return Owns(assembly) ? assembly : null;
    }

    private static string? FindSharedFolder()
    {
        var family = Path.GetDirectoryName(s_runtimeFolder);
        var shared = Path.GetDirectoryName(family);
        return Path.GetFileName(family) == "Microsoft.NETCore.App" ? shared : null;
    }

    private static bool HasFrameworkName(string name)
    {
        return name is "System" or "mscorlib" or "netstandard" or "WindowsBase"
            || name.StartsWith("System.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.CSharp", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.VisualBasic", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal);
    }
}
