using System.CommandLine;
using System.CommandLine.Parsing;
using TaskGraph.Command;
using TaskGraph.Worker.Storage;
using static TaskGraph.Worker.Command.BadInputException;

namespace TaskGraph.Worker.Command;

/// <summary>Where values go that memory has no room for, and how much of it.</summary>
internal sealed class MemoryOptions(ConfiguredOptions configured)
{
    private readonly Option<string?> _localDirectory = configured.Text(
        "worker.local-directory", "--local-directory", "Where workers keep values that memory has no room for");

    private readonly Option<string?> _maxSpill = configured.Text(
        "worker.max-spill", "--max-spill", "Bytes of such values on disk, for each worker: 20GiB");

    private readonly Option<string?> _spillWriteBudget = configured.Text(
        "worker.spill-write-budget",
        "--spill-write-budget",
        "What each worker may write of them per s, min, h or day, to spare SD cards: 20GB/day");

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_localDirectory, _maxSpill, _spillWriteBudget];

    /// <summary>The settings with what these options say.</summary>
    /// <exception cref="BadInputException">They make no sense.</exception>
    public WorkerSettings Apply(ParseResult result, WorkerSettings settings) => settings with
    {
        LocalDirectory = result.GetValue(_localDirectory),
        MaxSpillBytes = Size("--max-spill", result.GetValue(_maxSpill)),
        SpillWriteBudget = Budget(result.GetValue(_spillWriteBudget)),
    };

    private static long Size(string option, string? text)
    {
        if (text is null)
            return long.MaxValue;
        Require(
            ByteSize.TryParse(text, out var size) && size.Bytes > 0, $"{option} {text}: a size such as 20GiB, please.");
        return size.Bytes;
    }

    private static string? Budget(string? text)
    {
        Require(
            text is null || WriteBudget.TryParse(text, out _),
            $"--spill-write-budget {text}: write 20GB/day, 2GiB/h or 5MiB/s, please.");
        return text;
    }
}
