using TaskGraph.Worker.Command;

namespace Worker.Tests.Command;

public sealed class MachineMemoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("machine-").FullName;

    public MachineMemoryTests() => Write("proc/meminfo", "MemTotal:        8000000 kB\nMemFree: 1 kB\n");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Without_limits_it_is_the_machines_memory()
    {
        Write("proc/self/cgroup", "0::/user.slice\n");
        Write("sys/fs/cgroup/user.slice/memory.max", "max\n");
        Write("proc/self/limits", "Max resident set          unlimited            unlimited            bytes\n");
        Assert.Equal(8_000_000L * 1024, MachineMemory.Bytes(_root));
    }

    [Fact]
    public void A_limit_of_a_group_above_counts_in_version_2()
    {
        Write("proc/self/cgroup", "0::/a/b\n");
        Write("sys/fs/cgroup/a/b/memory.max", "max\n");
        Write("sys/fs/cgroup/a/memory.max", "536870912\n");
        Assert.Equal(536_870_912, MachineMemory.Bytes(_root));
    }

    [Fact]
    public void Inside_a_container_of_version_1_the_root_is_its_group()
    {
        Write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/1234\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n");
        Assert.Equal(268_435_456, MachineMemory.Bytes(_root));
    }

    [Fact]
    public void A_resource_limit_counts_too()
    {
        Write("proc/self/limits", "Max resident set          100000000            unlimited            bytes\n");
        Assert.Equal(100_000_000, MachineMemory.Bytes(_root));
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
