namespace TaskGraph.Tests;

/// <summary>A fact over the shared data sets: the folder <c>shared/data</c> beside the checkout. Skipped where it is
/// absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute()
    {
        if (SharedData.Folder is null)
            Skip = "The data sets are not here: set TASKGRAPH_DATA, or put them into ../shared/data.";
    }
}

/// <summary>The shared data sets.</summary>
public static class SharedData
{
    /// <summary>The folder, or null where it is absent.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>The path of a file in the folder.</summary>
    public static string File(string name) => Path.Combine(Folder!, name);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TASKGRAPH_DATA") is { Length: > 0 } given)
            return Directory.Exists(given) ? given : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string data = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(data))
                return data;
        }
        return null;
    }
}
