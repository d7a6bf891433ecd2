using Microsoft.Extensions.Logging.Abstractions;
using TaskGraph.Worker.Storage;

namespace Worker.Tests.Storage;

public sealed class SpillDirectoryTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("scratch-").FullName;

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void Directories_of_dead_workers_are_removed_and_those_of_living_ones_stay()
    {
        using var living = SpillDirectory.Create(_parent, NullLogger.Instance);
        var dead = Path.Combine(_parent, "taskgraph-worker-1-x");
        Directory.CreateDirectory(dead);
        File.WriteAllText(Path.Combine(dead, "1.value"), "left behind");
        File.WriteAllText(dead + ".lock", "");
        using var next = SpillDirectory.Create(_parent, NullLogger.Instance);
        Assert.False(Directory.Exists(dead));
        Assert.False(File.Exists(dead + ".lock"));
        Assert.True(Directory.Exists(living.Path));
        Assert.NotEqual(living.Path, next.Path);
    }

    [Fact]
    public void A_directory_goes_with_its_worker()
    {
        var directory = SpillDirectory.Create(_parent, NullLogger.Instance);
        File.WriteAllText(directory.NewFile(), "value");
        directory.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_parent));
    }
}
