using TaskGraph.Worker.Nanny;

namespace Worker.Tests.Nanny;

/// <summary>Whose deaths by the kernel a nanny counts.</summary>
public sealed class KernelKillsTests : IDisposable
{
    private readonly string _mounted = Directory.CreateTempSubdirectory("taskgraph-groups-").FullName;

    public void Dispose() => Directory.Delete(_mounted, recursive: true);

    [Theory]
    [InlineData("4:memory:/jobs/one", "memory/jobs/one/memory.oom_control")]
    [InlineData("3:cpu,memory:/jobs/one", "memory/jobs/one/memory.oom_control")]
    [InlineData("0::/jobs/one", "jobs/one/memory.events")]
    public void The_kernels_kills_are_counted_in_the_group_of_the_process(string group, string expected)
    {
        var file = Place(expected);
        Assert.Equal(file, KernelKills.SourceIn(["9:name=systemd:/", "1:cpu:/", group], _mounted));
    }

    [Fact]
    public void In_a_container_that_sees_its_own_group_as_the_root_they_are_counted_there()
    {
        var file = Place("memory.events");
        Assert.Equal(file, KernelKills.SourceIn(["0::/docker/0eb80728"], _mounted));
    }

    [Fact]
    public void Where_no_group_tells_there_is_no_such_file()
        => Assert.Null(KernelKills.SourceIn(["4:memory:/jobs/one", "", "0::/"], _mounted));

    [Fact]
    public void Kills_before_do_not_count_but_for_a_process_that_was_moved_to_another_group()
    {
        Assert.Equal(1, new KernelKills("here", 3).Since(new KernelKills("here", 2)));
        Assert.Equal(3, new KernelKills("here", 3).Since(new KernelKills("there", 2)));
    }

    private string Place(string name)
    {
        var path = Path.Combine(_mounted, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "oom_kill 0\n");
        return path;
    }
}
