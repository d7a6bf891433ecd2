namespace TaskGraph.Tidy.Tests;

/// <summary>The checkout that this test was built from: the nearest folder above with the solution in it.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(System.IO.Path.Combine(Path, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !IsBuildOutput(file));

    public static string Relative(string file) => System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/');

    private static bool IsBuildOutput(string file) =>
        Relative(file).Split('/') is var parts && (parts.Contains("obj") || parts.Contains("bin") || parts.Contains("artifacts"));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "TaskGraph.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("These tests read the sources: run them from inside the checkout.");
    }
}
