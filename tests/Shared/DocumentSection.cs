using System.Runtime.CompilerServices;

namespace TaskGraph.Tests;

/// <summary>
/// A part of a document that a test writes from the code, between two markers. A change of the code rewrites the document; on
/// a build machine a stale document is a failure.
/// </summary>
internal static class DocumentSection
{
    public static void Check(string document, string name, string content)
    {
        string path = Path.Combine(RepositoryRoot(), "docs", document);
        string begin = $"<!-- {name}: written by StatesDocumentTests -->";
        string end = $"<!-- end of {name} -->";
        string before = File.ReadAllText(path);
        string text = before.Contains(begin, StringComparison.Ordinal) ? before : before + $"\n{begin}\n{end}\n";
        string after = text[..text.IndexOf(begin, StringComparison.Ordinal)]
            + begin + "\n" + content
            + text[text.IndexOf(end, StringComparison.Ordinal)..];

        bool isBuildMachine = Environment.GetEnvironmentVariable("CI") == "true";
        if (after != before && !isBuildMachine)
            File.WriteAllText(path, after);
        Assert.True(after == before || !isBuildMachine, $"{path} is stale: run the tests once, and commit what they write.");
    }

    private static string RepositoryRoot([CallerFilePath] string source = "")
    {
        // Deterministic builds map source paths: then the checkout is found from the test's own folder.
        DirectoryInfo? folder = new(File.Exists(source) ? Path.GetDirectoryName(source)! : AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TaskGraph.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Run these tests from inside the checkout.");
    }
}
