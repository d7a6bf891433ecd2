using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace TaskGraph.Readme.Tests;

/// <summary>The code in the README and in docs/ is compiled and run: it stands in Snippets.cs, letter for letter.</summary>
public partial class SnippetTests
{
    private static readonly string s_here = Here();
    private static readonly string s_root = Path.GetFullPath(Path.Combine(s_here, "..", ".."));

    [Fact]
    public void Every_marked_block_stands_letter_for_letter_in_the_compiled_snippets()
    {
        var compiled = Regions(File.ReadAllText(Path.Combine(s_here, "Snippets.cs")));
        var written = Documents().SelectMany(file => Blocks(File.ReadAllText(file))).ToList();
        Assert.NotEmpty(written);
        foreach (var (name, code) in written)
        {
            Assert.True(compiled.TryGetValue(name, out string? region), $"Snippets.cs has no region {name}.");
            Assert.Equal(Normalise(code), Normalise(region!));
        }
    }

    [Fact]
    public void Every_csharp_block_is_marked()
    {
        foreach (string file in Documents())
        {
            string text = File.ReadAllText(file);
            Assert.Equal(Regex.Count(text, "```csharp"), Blocks(text).Count());
        }
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Path.Combine(s_root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(s_root, "README.md"));

    private static IEnumerable<(string Name, string Code)> Blocks(string markdown) =>
        BlockPattern().Matches(markdown).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    private static Dictionary<string, string> Regions(string source) =>
        RegionPattern().Matches(source).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    private static string Normalise(string code)
    {
        var lines = code.Replace("\r", "", StringComparison.Ordinal).Split('\n').Where(line => line.Trim().Length > 0).ToList();
        int indent = lines.Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line[indent..].TrimEnd()));
    }

    private static string Here([CallerFilePath] string path = "") =>
        File.Exists(path) ? Path.GetDirectoryName(path)! : FindFromOutput();

    // Deterministic builds map source paths: then the checkout is found from the output folder.
    private static string FindFromOutput()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "Readme.Tests");
            if (Directory.Exists(candidate))
                return candidate;
        }

        throw new InvalidOperationException("These tests read the sources: run them from inside the checkout.");
    }

    [GeneratedRegex(@"<!-- readme:([\w-]+) -->\s*```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex BlockPattern();

    [GeneratedRegex(@"#region readme:([\w-]+)\n(.*?)#endregion", RegexOptions.Singleline)]
    private static partial Regex RegionPattern();
}
