using TaskGraph.Configuration;

namespace TaskGraph.Tests;

public sealed class ConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskgraph-configuration-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Later_sources_win_and_each_value_says_where_it_came_from()
    {
        string machine = Write("etc/a.json", """{ "scheduler": { "port": 1, "host": "10.0.0.1", "pid-file": null } }""");
        Write("etc/b.json", """{ "scheduler.port": 2, "scheduler.log-level": "debug" }""");
        Write("home/mine.json", """{ "scheduler": { "port": 3 }, /* a comment */ "worker": { "nthreads": 4, } }""");
        string named = Write("named.json", """{ "scheduler": { "port": 4 }, "worker.nanny": false }""");
        ConfigurationSources sources = new()
        {
            MachineFolder = Path.GetDirectoryName(machine),
            UserFolder = Path.Combine(_folder.FullName, "home"),
            File = named,
            Variables = new Dictionary<string, string> { ["TASKGRAPH__WORKER__LIFETIME__DURATION"] = "2h", ["PATH"] = "x" },
        };

        ConfigurationValues values = ConfigurationValues.Load(sources)
            .With(new Dictionary<string, string> { ["worker.nthreads"] = "7" });

        Assert.Equal((4, named), (values.Count("scheduler.port"), values.OriginOf("scheduler.port")));
        Assert.Equal(("10.0.0.1", machine), (values["scheduler.host"], values.OriginOf("scheduler.host")));
        Assert.Equal("debug", values["scheduler.log-level"]);
        Assert.Equal((7, "code"), (values.Count("worker.nthreads"), values.OriginOf("worker.nthreads")));
        Assert.False(values.Switch("worker.nanny"));
        Assert.Equal(TimeSpan.FromHours(2), values.Duration("worker.lifetime.duration"));
        Assert.Equal("TASKGRAPH__WORKER__LIFETIME__DURATION", values.OriginOf("worker.lifetime.duration"));
        Assert.Equal(("default", 1L << 20), (values.OriginOf("client.large-argument-warning"),
            values.Size("client.large-argument-warning")));
        Assert.Contains(values.Describe("scheduler."), line => line == $"scheduler.port = 4  [{named}]");
    }

    [Theory]
    [InlineData("""{ "scheduler": { "prot": 1 } }""", "scheduler.prot", "scheduler.port")]
    [InlineData("""{ "scheduler": { "port": "many" } }""", "scheduler.port is 'many'", "a whole number")]
    [InlineData("""{ "worker": { "death-timeout": "soon" } }""", "worker.death-timeout is 'soon'", "a time such as")]
    [InlineData("""{ "worker": { "nanny": "perhaps" } }""", "worker.nanny is 'perhaps'", "true or false")]
    [InlineData("""{ "scheduler": { "log-level": "loud" } }""", "scheduler.log-level is 'loud'", "one of trace")]
    [InlineData("""{ "worker": { "name": ["a"] } }""", "worker.name", "a list")]
    [InlineData("[]", "a JSON object", "Array")]
    [InlineData("{", "wrong.json", "")]
    public void What_makes_no_sense_is_refused_in_one_line_that_names_file_and_key(
        string json, string expected, string alsoExpected)
    {
        string file = Write("wrong.json", json);

        var error = Assert.Throws<ConfigurationException>(
            () => ConfigurationValues.Load(new ConfigurationSources { File = file }));

        Assert.StartsWith(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(alsoExpected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void An_environment_variable_that_means_no_key_is_refused_by_its_name()
    {
        var error = Assert.Throws<ConfigurationException>(() => ConfigurationValues.Load(new ConfigurationSources
        {
            Variables = new Dictionary<string, string> { ["TASKGRAPH__SCHEDULER__HOTS"] = "x" },
        }));

        Assert.Contains("TASKGRAPH__SCHEDULER__HOTS", error.Message, StringComparison.Ordinal);
        Assert.Contains("scheduler.host", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_file_that_is_not_there_is_an_error()
    {
        string file = Path.Combine(_folder.FullName, "nowhere.json");

        var error = Assert.Throws<ConfigurationException>(
            () => ConfigurationValues.Load(new ConfigurationSources { File = file }));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_default_is_a_value_of_its_key()
    {
        foreach (ConfigurationKey key in ConfigurationKeys.All)
            Assert.Equal(key.Default, ConfigurationValues.Defaults.With(
                new Dictionary<string, string> { [key.Name] = key.Default })[key.Name]);
    }

    [Fact]
    public void Every_key_has_a_variable_of_its_own_that_sets_it()
    {
        Dictionary<string, string> variables = ConfigurationKeys.All
            .Where(key => key.Kind == ValueKind.Text).ToDictionary(key => key.Variable, key => $"of {key.Name}");

        ConfigurationValues values = ConfigurationValues.Load(new ConfigurationSources { Variables = variables });

        foreach (ConfigurationKey key in ConfigurationKeys.All.Where(key => key.Kind == ValueKind.Text))
            Assert.Equal($"of {key.Name}", values[key.Name]);
    }

    [Fact]
    public void The_document_lists_every_key_with_its_default_and_nothing_else()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "TaskGraph.sln")))
            root = root.Parent!;
        IEnumerable<string> rows = File.ReadLines(Path.Combine(root.FullName, "docs", "configuration.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal));

        Assert.Equal(
            ConfigurationKeys.All.Select(key =>
                $"| `{key.Name}` | {s_words[key.Kind]} | {(key.Default.Length > 0 ? $"`{key.Default}`" : "none")} | {key.Meaning} |"),
            rows);
    }

    private static readonly Dictionary<ValueKind, string> s_words = new()
    {
        [ValueKind.Text] = "text",
        [ValueKind.Count] = "number",
        [ValueKind.Size] = "size",
        [ValueKind.Duration] = "time",
        [ValueKind.Share] = "share",
        [ValueKind.Switch] = "true, false",
        [ValueKind.LogLevel] = "level",
    };

    private string Write(string name, string json)
    {
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, json);
        return path;
    }
}
