namespace TaskGraph.Tidy.Tests;

public class StyleTests
{
    private const int MaxFileLines = 500;
    private const int MaxLineLength = 140;

    private static readonly string[] s_bannedFileNames = ["Utils", "Helpers", "Manager", "Common", "Misc"];

    // Spelled in two halves so that this file does not convict itself.
    private static readonly string[] s_bannedWords =
        ["NotImplemented" + "Exception", "FIX" + "ME", "TO" + "DO", "Thread" + ".Sleep", "HA" + "CK:"];

    public static IEnumerable<string> Sources =>
        new[] { "src", "tests", "samples", "bench" }.SelectMany(folder => RepositoryRoot.Files(folder, "*.cs"));

    [Fact]
    public void No_source_file_is_longer_than_five_hundred_lines()
    {
        AssertNone(Sources
            .Select(file => (File: RepositoryRoot.Relative(file), Lines: File.ReadLines(file).Count()))
            .Where(entry => entry.Lines > MaxFileLines)
            .Select(entry => $"{entry.File}: {entry.Lines} lines"));
    }

    [Fact]
    public void No_line_is_too_long_to_read()
    {
        AssertNone(Sources.SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (line, index))
            .Where(entry => entry.line.Length > MaxLineLength)
            .Select(entry => $"{RepositoryRoot.Relative(file)}:{entry.index + 1}: {entry.line.Length} characters")));
    }

    [Fact]
    public void No_file_is_a_drawer_for_everything()
    {
        AssertNone(Sources
            .Where(file => s_bannedFileNames.Any(name => Path.GetFileNameWithoutExtension(file).EndsWith(name, StringComparison.Ordinal)))
            .Select(RepositoryRoot.Relative));
    }

    [Fact]
    public void Nothing_is_left_for_later_in_the_code()
    {
        AssertNone(Sources.SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (line, index))
            .Where(entry => s_bannedWords.Any(word => entry.line.Contains(word, StringComparison.Ordinal)))
            .Select(entry => $"{RepositoryRoot.Relative(file)}:{entry.index + 1}: {entry.line.Trim()}")));
    }

    [Fact]
    public void Folder_is_namespace_root()
    {
        // A folder below a project is part of the namespace or a room inside it; never another project's name.
        foreach (string file in RepositoryRoot.Files("src", "*.cs"))
        {
            string? declaration = File.ReadLines(file).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal));
            if (declaration is not null)
                Assert.StartsWith("namespace TaskGraph", declaration, StringComparison.Ordinal);
        }
    }

    private static void AssertNone(IEnumerable<string> offenders)
    {
        var list = offenders.ToList();
        Assert.True(list.Count == 0, string.Join(Environment.NewLine, list));
    }
}
