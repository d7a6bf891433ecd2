namespace TaskGraph.Tests.Faults;

/// <summary>One of our executables as a process, perhaps inside a network namespace; its lines are kept.</summary>
internal sealed class FaultProcess : IAsyncDisposable
{
    // No promise is about how soon a process starts: several clusters start at once, beside whatever else the machine does.
    private const int StartSeconds = 60;

    private readonly List<string> _lines = [];
    private ProgramProcess _process = null!;

    private FaultProcess()
    {
    }

    public int Id => _process.Id;

    public Task Ended => _process.Ended;

    /// <summary>What it has printed on standard output.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public static FaultProcess Start(
        string program, IEnumerable<string> arguments, string? space, Action<string> output,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = ProgramCommand.Create(
            program, new LocalClusterOptions { Environment = environment ?? new Dictionary<string, string>() });
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (space is not null)
        {
            string[] before = ["netns", "exec", space, start.FileName];
            for (var i = 0; i < before.Length; i++)
                start.ArgumentList.Insert(i, before[i]);
            start.FileName = "ip";
        }
        var process = new FaultProcess();
        process._process = ProgramProcess.Start(start, program, process.Take(output), output);
        return process;
    }

    /// <summary>Waits for a line of standard output that begins with <paramref name="prefix"/>.</summary>
    public async Task LineAsync(string prefix)
    {
        await Eventually.TrueAsync(
            () => Ended.IsCompleted || Lines.Any(line => line.StartsWith(prefix, StringComparison.Ordinal)),
            prefix,
            StartSeconds);
        if (Ended.IsCompleted)
            throw _process.Failure();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private Func<string, bool> Take(Action<string> output) => line =>
    {
        lock (_lines)
            _lines.Add(line);
        output(line);
        return true;
    };
}
