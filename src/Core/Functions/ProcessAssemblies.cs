using System.Collections.Concurrent;
using System.Reflection;

namespace TaskGraph;

/// <summary>
/// The user assemblies that this process runs itself: what an in-process cluster shares with its user.
/// </summary>
internal static class ProcessAssemblies
{
    private static readonly ConcurrentDictionary<Guid, Assembly> s_byMvid = new();

    /// <summary>The loaded assembly with that module version id, or null.</summary>
    public static Assembly? Find(Guid mvid)
    {
        if (s_byMvid.TryGetValue(mvid, out var known))
        {
            return known;
        }
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            // What was shipped to a worker in this process is another worker's business.
            if (!assembly.IsDynamic
                && System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(assembly) is not ShippedAssemblyContext)
            {
                s_byMvid.TryAdd(assembly.ManifestModule.ModuleVersionId, assembly);
            }
        }
        return s_byMvid.GetValueOrDefault(mvid);
    }
}
