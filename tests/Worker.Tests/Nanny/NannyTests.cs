using System.Diagnostics;
using System.Threading.Channels;
using TaskGraph.Messages;
using TaskGraph.Transport;
using TaskGraph.Worker.Nanny;
using Worker.Tests.Server;

namespace Worker.Tests.Nanny;

/// <summary>The real executable with real children.</summary>
public class NannyTests
{
    [Fact]
    public async Task A_child_that_is_killed_is_started_again_and_its_end_is_told()
    {
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(scheduler.Address.ToString(), "--nthreads", "1", "--name", "pi");
        var first = await scheduler.NextWorkerAsync();
        Process.GetProcessById(first.Connection.Hello.ProcessId).Kill();
        var second = await scheduler.NextWorkerAsync();
        Assert.NotEqual(first.Connection.Hello.ProcessId, second.Connection.Hello.ProcessId);
        Assert.NotEqual(first.Connection.Hello.Incarnation, second.Connection.Hello.Incarnation);
        var line = await nanny.LineAsync("Worker died:");
        Assert.Contains("name=pi", line);
        Assert.Contains("exit=137", line);
        Assert.Contains("SIGKILL", line);
        var report = await second.NextAsync<PredecessorDied>();
        Assert.Equal((first.Connection.Hello.ProcessId, 0), (report.ProcessId, report.ForMemory));
        Assert.Contains("SIGKILL", report.Reason);
        Assert.Equal((1, 0), (report.KnowsRunning, report.Running.Count));
    }

    [Fact]
    public async Task Each_of_several_workers_has_its_name_and_its_process()
    {
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(
            scheduler.Address.ToString(), "--nworkers", "2", "--nthreads", "1", "--name", "pi");
        var workers = new[] { await scheduler.NextWorkerAsync(), await scheduler.NextWorkerAsync() };
        Assert.Equal(["pi-0", "pi-1"], workers.Select(worker => worker.Connection.Hello.Name).Order());
        Assert.Equal(2, workers.Select(worker => worker.Connection.Hello.ProcessId).Distinct().Count());
        await nanny.LineAsync("Worker at: tcp://127.0.0.1:");
    }

    [Fact]
    public async Task When_the_nanny_is_killed_its_child_ends_too()
    {
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(scheduler.Address.ToString(), "--nthreads", "1");
        var worker = await scheduler.NextWorkerAsync();
        using var child = Process.GetProcessById(worker.Connection.Hello.ProcessId);
        nanny.Process.Kill();
        await child.WaitForExitAsync().WaitAsync(Limits.Long);
        Assert.True(child.HasExited);
    }

    [Fact]
    public async Task A_child_sent_away_by_the_scheduler_is_not_started_again()
    {
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(scheduler.Address.ToString(), "--nthreads", "1");
        (await scheduler.NextWorkerAsync()).Send(new Goodbye { Reason = "closing" });
        await nanny.Process.WaitForExitAsync().WaitAsync(Limits.Long);
        Assert.Equal(0, nanny.Process.ExitCode);
    }

    [Fact]
    public async Task On_SIGTERM_nanny_and_child_take_leave_and_end_with_code_0()
    {
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(scheduler.Address.ToString(), "--nthreads", "1");
        var worker = await scheduler.NextWorkerAsync();
        await nanny.LineAsync("Worker at:");
        using var kill = Process.Start("kill", ["-TERM", $"{nanny.Process.Id}"]);
        await worker.NextAsync<WorkerLeaving>();
        worker.Send(new Goodbye { Reason = "retired" });
        await worker.NextAsync<Goodbye>();
        await nanny.Process.WaitForExitAsync().WaitAsync(Limits.Long);
        Assert.Equal(0, nanny.Process.ExitCode);
    }

    [Fact]
    public async Task A_worker_that_is_asked_to_end_finishes_what_runs_first()
    {
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(scheduler.Address.ToString(), "--nthreads", "1");
        var worker = await scheduler.NextWorkerAsync();
        await nanny.LineAsync("Worker at:");
        var gate = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        worker.Send(Tasks.Compute(1, worker.Define((Func<Task<int>>)(async () =>
        {
            while (!File.Exists(gate))
                await Task.Delay(5);
            return 5;
        })), flags: ComputeFlags.InlineResult));
        using var kill = Process.Start("kill", ["-TERM", $"{nanny.Process.Id}"]);
        await worker.NextAsync<WorkerLeaving>();
        await File.WriteAllTextAsync(gate, "");
        Assert.Equal(5, Tasks.Inline<int>(await worker.NextAsync<TasksFinished>()));
        File.Delete(gate);
        worker.Send(new Goodbye { Reason = "retired" });
        await nanny.Process.WaitForExitAsync().WaitAsync(Limits.Long);
        Assert.Equal(0, nanny.Process.ExitCode);
    }

    [Fact]
    public async Task A_child_that_is_to_restart_is_replaced_at_once_by_a_fresh_process()
    {
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(scheduler.Address.ToString(), "--nthreads", "1", "--name", "pi");
        var first = await scheduler.NextWorkerAsync();
        first.Send(new RestartProcess { Reason = "a test" });
        var second = await scheduler.NextWorkerAsync();
        Assert.NotEqual(first.Connection.Hello.ProcessId, second.Connection.Hello.ProcessId);
        Assert.Equal("pi", second.Connection.Hello.Name);
    }

    [Fact]
    public async Task A_worker_whose_lifetime_is_over_leaves_in_order_and_is_started_again()
    {
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(
            scheduler.Address.ToString(), "--nthreads", "1", "--lifetime", "100ms", "--lifetime-restart");
        var first = await scheduler.NextWorkerAsync();
        Assert.Equal("its lifetime is over", (await first.NextAsync<WorkerLeaving>()).Reason);
        first.Send(new Goodbye { Reason = "retired" });
        var second = await scheduler.NextWorkerAsync();
        Assert.NotEqual(first.Connection.Hello.ProcessId, second.Connection.Hello.ProcessId);
    }

    [Fact]
    public async Task The_nannys_process_id_stands_in_the_pid_file_until_it_ends()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(scheduler.Address.ToString(), "--nthreads", "1", "--pid-file", file);
        var worker = await scheduler.NextWorkerAsync();
        Assert.Equal($"{nanny.Process.Id}\n", await File.ReadAllTextAsync(file));
        worker.Send(new Goodbye { Reason = "closing" });
        await nanny.Process.WaitForExitAsync().WaitAsync(Limits.Long);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Without_a_scheduler_the_death_timeout_ends_nanny_and_child_with_code_1()
    {
        await using var nanny = new Executable("127.0.0.1:1", "--death-timeout", "100ms");
        await nanny.Process.WaitForExitAsync().WaitAsync(Limits.Long);
        Assert.Equal(1, nanny.Process.ExitCode);
    }

    [Fact]
    public async Task A_malformed_address_ends_with_code_2_at_once()
    {
        await using var nanny = new Executable("nowhere");
        await nanny.Process.WaitForExitAsync().WaitAsync(Limits.Long);
        Assert.Equal(2, nanny.Process.ExitCode);
    }

    [Fact]
    public async Task A_child_under_a_memory_limit_gets_the_heap_limit_and_survives_a_runaway_task()
    {
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(
            scheduler.Address.ToString(), "--nthreads", "1", "--memory-limit", "400MiB");
        var worker = await scheduler.NextWorkerAsync();
        var hoard = worker.Define((Func<int>)(() =>
        {
            var held = new List<byte[]>();
            while (held.Count < 4000)
                held.Add(new byte[1 << 20]);
            return held.Count;
        }));
        worker.Send(Tasks.Compute(1, hoard));
        var error = (await worker.NextAsync<TasksFailed>()).Errors[0];
        Assert.Equal(TaskErrorKind.OutOfMemory, error.Kind);
        worker.Send(Tasks.Compute(
            2, worker.Define((Func<int>)(() => 5)), flags: ComputeFlags.InlineResult));
        Assert.Equal(5, Tasks.Inline<int>(await worker.NextAsync<TasksFinished>()));
    }

    [Fact]
    public async Task A_child_that_outgrows_its_memory_limit_natively_is_ended_and_started_again()
    {
        await using var scheduler = new FakeScheduler(new Address(Address.Tcp, "127.0.0.1", 0));
        await using var nanny = new Executable(
            scheduler.Address.ToString(), "--nthreads", "1", "--memory-limit", "300MiB", "--name", "pi");
        var first = await scheduler.NextWorkerAsync();
        first.Send(Tasks.Compute(1, first.Define((Func<int>)(() =>
        {
            unsafe
            {
                const int Bytes = 400 << 20;
                new Span<byte>(System.Runtime.InteropServices.NativeMemory.Alloc(Bytes), Bytes).Fill(1);
            }

            new ManualResetEventSlim().Wait();
            return 1;
        }))));
        var second = await scheduler.NextWorkerAsync();
        Assert.NotEqual(first.Connection.Hello.ProcessId, second.Connection.Hello.ProcessId);
        var line = await nanny.LineAsync("Worker died: name=pi");
        Assert.Contains("exit=137", line);
        Assert.Contains("killed for memory", line);
    }

    [Fact]
    public void The_pause_before_a_restart_grows_with_quick_deaths_and_falls_after_a_long_life()
    {
        var delay = new RestartDelay();
        var first = delay.After(TimeSpan.Zero, hadJoined: false);
        Assert.Equal(first * 2, delay.After(TimeSpan.Zero, hadJoined: false));
        for (var i = 0; i < 20; i++)
            Assert.True(delay.After(TimeSpan.Zero, hadJoined: false) <= TimeSpan.FromSeconds(10));
        Assert.True(delay.After(TimeSpan.Zero, hadJoined: true) <= TimeSpan.FromSeconds(0.5));
        Assert.Equal(first, delay.After(TimeSpan.FromMinutes(1), hadJoined: false));
    }

    /// <summary>A running taskgraph-worker.</summary>
    private sealed class Executable : IAsyncDisposable
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public Executable(params string[] args)
        {
            var program = typeof(RestartDelay).Assembly.Location;
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add("--runtimeconfig");
            start.ArgumentList.Add(Path.ChangeExtension(typeof(NannyTests).Assembly.Location, ".runtimeconfig.json"));
            start.ArgumentList.Add("--depsfile");
            start.ArgumentList.Add(Path.ChangeExtension(typeof(NannyTests).Assembly.Location, ".deps.json"));
            start.ArgumentList.Add(program);
            foreach (var arg in args)
                start.ArgumentList.Add(arg);
            Process = Process.Start(start)!;
            Process.OutputDataReceived += (_, line) => _lines.Writer.TryWrite(line.Data ?? "(end)");
            Process.ErrorDataReceived += (_, _) => { };
            Process.BeginOutputReadLine();
            Process.BeginErrorReadLine();
        }

        public Process Process { get; }

        public async Task<string> LineAsync(string start)
        {
            while (true)
            {
                var line = await _lines.Reader.ReadAsync().AsTask().WaitAsync(Limits.Long);
                if (line.StartsWith(start, StringComparison.Ordinal))
                    return line;
                Assert.NotEqual("(end)", line);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (!Process.HasExited)
                Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync().WaitAsync(Limits.Long);
            Process.Dispose();
        }
    }
}
