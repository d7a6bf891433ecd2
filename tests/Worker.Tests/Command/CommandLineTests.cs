using TaskGraph;
using TaskGraph.Configuration;
using TaskGraph.Worker.Command;

namespace Worker.Tests.Command;

public class CommandLineTests
{
    [Theory]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("11 GB", 11_000_000_000)]
    [InlineData("500mb", 500_000_000)]
    [InlineData("1.5 GiB", 3L << 29)]
    [InlineData("4e9", 4_000_000_000)]
    [InlineData(" 100 ", 100)]
    [InlineData("64k", 64_000)]
    [InlineData("64Ki", 64 << 10)]
    public void Sizes_are_read_as_people_write_them(string text, long bytes) =>
        Assert.Equal(bytes, ByteSize.Parse(text).Bytes);

    [Theory]
    [InlineData("")]
    [InlineData("lots")]
    [InlineData("-1GB")]
    [InlineData("3 GX")]
    [InlineData("1e300")]
    [InlineData("GB")]
    [InlineData("NaN")]
    public void What_is_no_size_is_refused_naming_it(string text)
    {
        Assert.False(ByteSize.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => ByteSize.Parse(text)).Message);
    }

    [Theory]
    [InlineData("0.5", 4L << 30)]
    [InlineData("auto", 2L << 30)]
    [InlineData("0", 0)]
    [InlineData("none", 0)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("1", 8L << 30)]
    public void Memory_limits_may_be_fractions_auto_or_none(string text, long bytes) =>
        Assert.Equal(bytes, ByteSize.ParseMemoryLimit(text, machineBytes: 8L << 30, workers: 4));

    [Fact]
    public void Sizes_print_as_people_read_them()
    {
        Assert.Equal("2 GiB", new ByteSize(2L << 30).ToString());
        Assert.Equal("1.5 KiB", new ByteSize(1536).ToString());
    }

    [Theory]
    [InlineData("60", 60)]
    [InlineData("5s", 5)]
    [InlineData("2m", 120)]
    [InlineData("500 ms", 0.5)]
    [InlineData("1 h", 3600)]
    public void Durations_are_read_as_people_write_them(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("5 parsecs")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void Dasks_old_spelling_of_nworkers_works_and_names_are_kept()
    {
        var settings = new WorkerCommand().Read(
            ["tcp://pi0:8786", "--nprocs", "3", "--nthreads", "2", "--name", "pi", "--memory-limit", "2GiB"])!;
        Assert.Equal((3, 2, "pi", 2L << 30),
            (settings.Workers, settings.Threads, settings.Name, settings.MemoryLimitBytes));
        Assert.True(settings.UsesNanny);
        Assert.Null(settings.DeathTimeout);
    }

    [Theory]
    [InlineData("Name the scheduler")]
    [InlineData("the port is missing", "pi0")]
    [InlineData("--memory-limit", "pi0:1", "--memory-limit", "lots")]
    [InlineData("at least 128 MiB", "pi0:1", "--memory-limit", "1MB")]
    [InlineData("--nthreads many", "pi0:1", "--nthreads", "many")]
    [InlineData("--nworkers 0", "pi0:1", "--nworkers", "0")]
    [InlineData("--port 70000", "pi0:1", "--port", "70000")]
    [InlineData("--death-timeout soon", "pi0:1", "--death-timeout", "soon")]
    [InlineData("--log-level loud", "pi0:1", "--log-level", "loud")]
    [InlineData("no option --bogus", "--bogus")]
    [InlineData("needs the nanny", "pi0:1", "--no-nanny", "--nworkers", "2")]
    [InlineData("--port 9100:9000", "pi0:1", "--worker-port", "9100:9000")]
    [InlineData("3 workers need as many ports", "pi0:1", "--worker-port", "9000:9001", "--nworkers", "3")]
    [InlineData("--interface nowhere0", "pi0:1", "--interface", "nowhere0")]
    [InlineData("--lifetime long", "pi0:1", "--lifetime", "long")]
    [InlineData("needs the nanny", "pi0:1", "--no-nanny", "--lifetime", "1h", "--lifetime-restart")]
    [InlineData("the port is missing", "pi0:1", "--listen-address", "tcp://pi1")]
    [InlineData("one of the two", "pi0:1", "--scheduler-file", "x.json")]
    public void Bad_input_makes_one_line_that_names_it(string expected, params string[] args)
    {
        var exception = Assert.Throws<BadInputException>(() => new WorkerCommand().Read(args));
        Assert.Contains(expected, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void The_heap_limit_leaves_room_for_native_memory_and_is_written_in_hexadecimal()
    {
        Assert.Equal((long)(0.95 * (1L << 30)) - (64 << 20), HeapLimit.For(1L << 30));
        Assert.Equal(HeapLimit.For(1L << 30), Convert.ToInt64(HeapLimit.ToVariable(1L << 30), 16));
    }

    [Fact]
    public void A_worker_listens_where_it_is_told_and_others_dial_what_they_are_told()
    {
        var ranged = Read("pi0:1", "--worker-port", "9000:9100", "--contact-address", "gateway");
        Assert.Equal((9000, 9100, "gateway", 0),
            (ranged.Port, ranged.LastPort, ranged.ContactHost, ranged.ContactPort));
        var mapped = Read("pi0:1", "--listen-address", "tcp://0.0.0.0:9000", "--contact-address", "tcp://gateway:7000");
        Assert.Equal(("0.0.0.0", 9000, "gateway", 7000),
            (mapped.Host, mapped.Port, mapped.ContactHost, mapped.ContactPort));
        Assert.Equal("127.0.0.1", Read("pi0:1", "--interface", "lo").Host);
    }

    [Fact]
    public void A_child_is_told_everything_that_its_nanny_was_told()
    {
        var settings = Read(
            "pi0:1", "--nworkers", "3", "--nthreads", "2", "--worker-port", "9000", "--contact-address", "gateway:7000",
            "--lifetime", "1h", "--lifetime-stagger", "5m", "--lifetime-restart", "--leave-timeout", "7s", "--name", "pi");

        var running = Predecessor.Join([new(0xf00d, 7)]);
        var dead = new Predecessor(4711, IsForMemory: true, "killed for memory: 3.9 GiB of at most 4.0 GiB", running);
        var arguments = TaskGraph.Worker.Nanny.ChildCommand.Create(settings, 2, dead, "/dev/shm/board").ArgumentList
            .SkipWhile(argument => !argument.StartsWith("tcp://", StringComparison.Ordinal));
        var child = Read([.. arguments]);

        Assert.Equal((1, 9002, 7002, "pi-2"), (child.Workers, child.Port, child.ContactPort, child.Name));
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), true, TimeSpan.FromSeconds(7)),
            (child.Lifetime, child.LifetimeStagger, child.RestartsAfterLifetime, child.LeaveTimeout));
        Assert.True(child.IsChild);
        Assert.Equal((dead, "/dev/shm/board"), (child.Predecessor, child.RunBoard));
        Assert.Equal([new TaskId(0xf00d, 7)], child.Predecessor!.RunningTasks());
    }

    [Fact]
    public void What_a_dead_child_ran_is_told_or_that_it_ran_nothing_or_that_it_is_not_known()
    {
        TaskId[] tasks = [new(ulong.MaxValue, 0), new(1, int.MaxValue)];

        Assert.Equal(tasks, Parse(tasks).RunningTasks());
        Assert.Equal([], Parse([]).RunningTasks());
        Assert.Null(Parse(null).RunningTasks());

        static Predecessor Parse(TaskId[]? running)
            => Predecessor.Parse(new Predecessor(1, IsForMemory: false, "exit code 7", Predecessor.Join(running)).ToString())!;
    }

    [Fact]
    public void A_child_compiles_hot_code_soon_and_its_idle_threads_sleep()
    {
        var start = TaskGraph.Worker.Nanny.ChildCommand.Create(Read("pi0:1"), 0);

        Assert.Equal("1", start.Environment["DOTNET_TC_CallCountingDelayMs"]);
        Assert.Equal("0", start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"]);
    }

    [Fact]
    public void What_is_not_on_the_command_line_is_configured()
    {
        var configuration = ConfigurationValues.Defaults.With(new Dictionary<string, string>
        {
            ["scheduler-address"] = "tcp://pi0:8786",
            ["worker.nthreads"] = "3",
            ["worker.memory-limit"] = "2GiB",
            ["worker.nanny"] = "false",
            ["worker.death-timeout"] = "1m",
        });

        var settings = new WorkerCommand(configuration).Read(["--nthreads", "5"])!;

        Assert.Equal(("tcp://pi0:8786", 5, 2L << 30, false, TimeSpan.FromMinutes(1)), (settings.Scheduler,
            settings.Threads, settings.MemoryLimitBytes, settings.UsesNanny, settings.DeathTimeout));
    }

    [Fact]
    public void What_has_no_option_is_configured_for_nanny_and_children_alike()
    {
        var configuration = ConfigurationValues.Defaults.With(new Dictionary<string, string>
        {
            ["worker.memory.pause"] = "0.9",
            ["worker.memory.terminate"] = "0.98",
            ["worker.connections.outgoing"] = "4",
            ["worker.connections.incoming-bytes"] = "1MiB",
            ["worker.environment"] = "OMP_NUM_THREADS=1 LANG=C",
            ["worker.cancel-grace"] = "2s",
            ["worker.max-error-length"] = "100",
        });

        var settings = new WorkerCommand(configuration).Read(["pi0:1"])!;

        Assert.Equal(new TaskGraph.Worker.Storage.MemoryShares(0.6, 0.7, 0.9, 0.98), settings.MemoryShares);
        Assert.Equal((4, 1L << 20, TimeSpan.FromSeconds(2), 100),
            (settings.MaxRequests, settings.MaxServedBytes, settings.CancelGrace, settings.MaxErrorLength));
        var start = TaskGraph.Worker.Nanny.ChildCommand.Create(settings, 0);
        Assert.Equal(("1", "C"), (start.Environment["OMP_NUM_THREADS"], start.Environment["LANG"]));

        var error = Assert.Throws<BadInputException>(() => new WorkerCommand(
            configuration.With(new Dictionary<string, string> { ["worker.memory.spill"] = "0.95" })).Read(["pi0:1"]));
        Assert.Contains("none may be above the next", error.Message, StringComparison.Ordinal);
    }

    private static WorkerSettings Read(params string[] args) => new WorkerCommand().Read(args)!;

    [Fact]
    public void Zero_workers_share_one_process_without_a_nanny()
    {
        var settings = new WorkerCommand().Read(["tcp://127.0.0.1:1", "--nworkers", "24", "--zero-worker"])!;

        Assert.Equal((true, 24, false), (settings.IsZeroWorker, settings.Workers, settings.UsesNanny));
    }
}
