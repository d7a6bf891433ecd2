using System.CommandLine;

namespace SdssClassifier;

/// <summary>One configuration of the cluster: worker processes × threads each.</summary>
internal sealed record Configuration(int Workers, int Threads)
{
    /// <summary>Reads "2x4".</summary>
    /// <exception cref="FormatException">The text is no such pair.</exception>
    public static Configuration Parse(string text)
    {
        string[] parts = text.Trim().Split('x', '×');
        return parts.Length == 2 && int.TryParse(parts[0], out int workers) && int.TryParse(parts[1], out int threads)
            && workers is > 0 and <= 64 && threads is > 0 and <= 64
            ? new Configuration(workers, threads)
            : throw new FormatException($"'{text}' is no configuration: write workers x threads, as 2x4 (1 to 64 each).");
    }

    public override string ToString() => $"{Workers}×{Threads}";
}

/// <summary>What the command line asks for.</summary>
internal sealed record SampleOptions(
    string? Data,
    IReadOnlyList<Configuration> Grid,
    int Epochs,
    string MemoryLimit,
    string? Scheduler,
    bool Json)
{
    public static RootCommand Command(Func<SampleOptions, CancellationToken, Task<int>> run)
    {
        var data = new Option<string?>("--data")
        {
            Description = "CSV file with u,g,r,i,z,redshift,class, or a folder with sdss/dr17.csv.gz "
                + "(default: environment TASKGRAPH_DATA, else a drawn catalogue).",
        };
        var workers = new Option<int>("--workers") { Description = "Worker processes.", DefaultValueFactory = _ => 2 };
        var threads = new Option<int>("--threads") { Description = "Threads per worker.", DefaultValueFactory = _ => 1 };
        var grid = new Option<string?>("--grid") { Description = "Configurations to compare, as 2x2,2x4,3x4." };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the data.", DefaultValueFactory = _ => 10 };
        var memory = new Option<string>("--memory-limit")
        {
            Description = "Memory limit per worker.",
            DefaultValueFactory = _ => "1GiB",
        };
        var scheduler = new Option<string?>("--scheduler") { Description = "Use this scheduler and its workers, as tcp://pi0:8786." };
        var json = new Option<bool>("--json") { Description = "End with one line of JSON for the last configuration." };
        var command = new RootCommand("Manning's star/galaxy/quasar network, trained on a cluster.")
        {
            data, workers, threads, grid, epochs, memory, scheduler, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var single = new Configuration(parsed.GetValue(workers), parsed.GetValue(threads));
            string? configurations = parsed.GetValue(grid);
            if (parsed.GetValue(epochs) < 1)
                throw new FormatException($"--epochs {parsed.GetValue(epochs)}: at least one pass is needed.");
            return run(
                new SampleOptions(
                    parsed.GetValue(data) ?? Environment.GetEnvironmentVariable("TASKGRAPH_DATA"),
                    configurations is null
                        ? [Configuration.Parse($"{single.Workers}x{single.Threads}")]
                        : configurations.Split(',').Select(Configuration.Parse).ToList(),
                    parsed.GetValue(epochs),
                    parsed.GetValue(memory)!,
                    parsed.GetValue(scheduler),
                    parsed.GetValue(json)),
                cancellation);
        });
        return command;
    }
}
