using System.Xml.Linq;

namespace TaskGraph.Tidy.Tests;

public class LayeringTests
{
    /// <summary>Every arrow that the architecture allows; docs/architecture.md draws them.</summary>
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Core"] = [],
        ["Transport"] = ["Core"],
        ["Scheduler"] = ["Core", "Transport"],
        ["Worker"] = ["Core", "Transport"],
        ["Client"] = ["Core", "Transport"],
        ["Cluster"] = ["Core", "Transport", "Scheduler", "Worker", "Client"],
        ["Simulation"] = ["Core", "Transport", "Scheduler", "Worker", "Client"],
        ["Cli"] = ["Core", "Transport", "Scheduler", "Worker", "Client", "Simulation"],
        ["Collections"] = ["Core", "Transport", "Client"],
        ["Ml"] = ["Core", "Transport", "Client", "Collections"],
    };

    [Fact]
    public void Project_references_follow_the_arrows()
    {
        foreach (string file in RepositoryRoot.Files("src", "*.csproj"))
        {
            string project = Folder(file);
            Assert.True(s_allowed.TryGetValue(project, out var allowed), $"src/{project} is not in the architecture.");
            Assert.Empty(References(file).Except(allowed!).Select(to => $"{project} must not know {to}"));
        }
    }

    [Fact]
    public void Every_project_of_the_architecture_exists()
    {
        Assert.Equal(s_allowed.Keys.Order(), RepositoryRoot.Files("src", "*.csproj").Select(Folder).Order());
    }

    [Fact]
    public void Package_versions_are_exact_and_central()
    {
        var versions = XDocument.Load(Path.Combine(RepositoryRoot.Path, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Select(element => (string)element.Attribute("Version")!)
            .ToList();
        Assert.NotEmpty(versions);
        Assert.All(versions, version => Assert.Matches(@"^\d+\.\d+\.\d+(-[\w.]+)?$", version));
        var projects = new[] { "src", "tests", "samples", "bench" }.SelectMany(folder => RepositoryRoot.Files(folder, "*.csproj"));
        foreach (string file in projects)
        {
            Assert.DoesNotContain(
                XDocument.Load(file).Descendants("PackageReference"),
                reference => reference.Attribute("Version") is not null);
        }
    }

    [Fact]
    public void Only_transport_opens_sockets()
    {
        var offenders = RepositoryRoot.Files("src", "*.cs")
            .Where(file => !RepositoryRoot.Relative(file).StartsWith("src/Transport/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains("System.Net.Sockets", StringComparison.Ordinal))
            .Select(RepositoryRoot.Relative);
        Assert.Empty(offenders);
    }

    private static string Folder(string projectFile) => new FileInfo(projectFile).Directory!.Name;

    private static IEnumerable<string> References(string projectFile) =>
        XDocument.Load(projectFile)
            .Descendants("ProjectReference")
            .Select(reference => ((string)reference.Attribute("Include")!).Replace('\\', '/').Split('/')[^2]);
}
