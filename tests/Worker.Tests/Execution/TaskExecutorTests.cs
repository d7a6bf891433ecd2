using System.Collections.Concurrent;
using TaskGraph;
using TaskGraph.Messages;
using TaskGraph.Worker.Execution;
using Worker.Tests.Server;

namespace Worker.Tests.Execution;

public class TaskExecutorTests
{
    // Shipped code shares the test's own statics here: the loader uses the process's own assemblies.
    internal static readonly ConcurrentDictionary<string, TaskCompletionSource> Gates = new();

    internal static TaskCompletionSource Gate(string name) =>
        Gates.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    internal static void Block(string name)
    {
        Gate(name + " started").TrySetResult();
        Gate(name).Task.Wait();
    }

    internal static Task BlockAsync(string name)
    {
        Gate(name + " started").TrySetResult();
        return Gate(name).Task;
    }

    internal static Task Started(string name) => Gate(name + " started").Task.WaitAsync(Limits.Long);

    internal sealed class HostileException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message for you");

        public override string ToString() => throw new InvalidOperationException("no text either");
    }

    internal sealed record Chain(Chain? Next, int Depth);

    [Fact]
    public async Task A_functions_value_is_measured_and_kept()
    {
        using var bed = new ExecutorBed();
        bed.Run(() => new double[1000]);
        var run = await bed.EndedAsync();
        Assert.Null(run.Error);
        Assert.True(run.Result!.Bytes >= 8000);
    }

    [Fact]
    public async Task A_small_value_is_encoded_at_once_only_if_wanted()
    {
        using var bed = new ExecutorBed();
        bed.Run(() => 5, isInlineWanted: true);
        Assert.NotNull((await bed.EndedAsync()).Inline);
        bed.Run(() => 5);
        Assert.Null((await bed.EndedAsync()).Inline);
        bed.Run(() => new byte[100_000], isInlineWanted: true);
        Assert.Null((await bed.EndedAsync()).Inline);
    }

    [Fact]
    public async Task An_end_that_waits_for_more_is_told_by_an_idle_thread_while_the_other_runs_on()
    {
        using var bed = new ExecutorBed(threads: 2, pace: EndPace.Batch);
        for (var round = 0; round < 200; round++)
        {
            var gate = $"untold {round}";
            var tiny = bed.Create(() => 1);
            var lasting = bed.Create(() => Block(gate), priority: 1);
            bed.Executor.Enqueue([tiny, lasting]);
            Assert.Same(tiny, await bed.EndedAsync());
            Gate(gate).TrySetResult();
            Assert.Same(lasting, await bed.EndedAsync());
        }
    }

    [Fact]
    public async Task Tiny_runs_that_come_one_by_one_or_together_all_start_whether_a_thread_looks_out_or_sleeps()
    {
        using var bed = new ExecutorBed(threads: 2, pace: EndPace.Batch);
        for (var round = 0; round < 2000; round++)
        {
            List<TaskRun> runs = [bed.Create(() => 1)];
            if (round % 7 == 0)
                runs.AddRange([bed.Create(() => 2), bed.Create(() => 3)]);
            bed.Executor.Enqueue(runs);
            for (var i = 0; i < runs.Count; i++)
                Assert.Null((await bed.EndedAsync()).Error);
        }
    }

    [Theory]
    [InlineData(EndPace.Each, 8, 1)]
    [InlineData(EndPace.Half, 8, 4)]
    [InlineData(EndPace.Half, 1, 1)]
    [InlineData(EndPace.Half, 1000, 16)]
    [InlineData(EndPace.Batch, 8, 16)]
    internal void So_many_ends_gather_while_so_many_runs_are_queued(EndPace pace, int queued, int gathered) =>
        Assert.Equal(gathered, pace.Gathered(queued));

    [Fact]
    public void Ends_of_short_runs_gather_until_half_of_the_queued_runs_are_left()
    {
        Assert.Equal(EndPace.Batch, EndPaces.For(meanUs: 10));
        Assert.Equal(EndPace.Half, EndPaces.For(meanUs: 1000));
        Assert.Equal(EndPace.Each, EndPaces.For(meanUs: 10_000));
    }

    [Fact]
    public async Task An_exception_whose_message_throws_still_becomes_an_error()
    {
        using var bed = new ExecutorBed();
        bed.Run(new Func<int>(() => throw new HostileException()));
        var error = (await bed.EndedAsync()).Error!;
        Assert.Equal(TaskErrorKind.Exception, error.Kind);
        Assert.EndsWith(nameof(HostileException), error.ExceptionType);
        bed.Run(() => 1);
        Assert.Null((await bed.EndedAsync()).Error);
    }

    [Fact]
    public async Task Out_of_memory_is_told_from_other_failures()
    {
        using var bed = new ExecutorBed();
        bed.Run(() => new long[int.MaxValue / 2].Length + new long[int.MaxValue].Length);
        var run = await bed.EndedAsync();
        Assert.Equal(TaskErrorKind.OutOfMemory, run.Error!.Kind);
    }

    [Fact]
    public async Task A_value_that_turns_out_not_to_travel_is_an_error_of_the_task()
    {
        using var bed = new ExecutorBed();
        bed.Run(() =>
        {
            Chain? chain = null;
            for (var i = 0; i < 100; i++)
                chain = new Chain(chain, i);
            return chain;
        });
        Assert.Equal(TaskErrorKind.ResultNotSerializable, (await bed.EndedAsync()).Error!.Kind);
    }

    [Fact]
    public async Task Arguments_that_cannot_be_decoded_are_told_from_the_functions_own_failures()
    {
        using var bed = new ExecutorBed();
        bed.Run((int value) => value, arguments: [0xC1, 0xC1]);
        Assert.Equal(TaskErrorKind.ArgumentsNotDecoded, (await bed.EndedAsync()).Error!.Kind);
    }

    [Fact]
    public async Task A_run_over_its_time_limit_fails_and_leaves_its_slot_although_its_code_goes_on()
    {
        using var bed = new ExecutorBed();
        bed.Run(() => Block("timeout"), timeoutMs: 20);
        var late = await bed.EndedAsync();
        Assert.Equal(TaskErrorKind.Timeout, late.Error!.Kind);
        bed.Run(() => 1);
        Assert.Null((await bed.EndedAsync()).Error);
        Gate("timeout").SetResult();
        bed.Run(() => 2);
        Assert.Null((await bed.EndedAsync()).Error);
        Assert.Null(late.Result);
    }

    [Fact]
    public async Task The_time_limit_cancels_the_runs_token()
    {
        using var bed = new ExecutorBed();
        var run = bed.Run(
            async (CancellationToken token) => await Task.Delay(Timeout.Infinite, token),
            timeoutMs: 20,
            arguments: Tasks.Arguments((ref ArgumentWriter writer) => writer.CancellationToken()));
        Assert.Equal(TaskErrorKind.Timeout, (await bed.EndedAsync()).Error!.Kind);
        Assert.True(run.IsCancelRequested);
    }

    [Fact]
    public async Task An_awaiting_function_holds_no_thread_but_holds_its_slot()
    {
        using var bed = new ExecutorBed(threads: 2);
        bed.Run(async () => await BlockAsync("async a"));
        bed.Run(async () => await BlockAsync("async b"));
        await Started("async a");
        await Started("async b");
        var third = bed.Run(() => 3);
        Assert.Equal(RunState.Queued, third.State);
        Gate("async a").SetResult();
        var ended = new[] { await bed.EndedAsync(), await bed.EndedAsync() };
        Assert.Contains(third, ended);
        Gate("async b").SetResult();
        Assert.Null((await bed.EndedAsync()).Error);
    }

    [Fact]
    public async Task A_run_that_secedes_gives_its_slot_to_another()
    {
        using var bed = new ExecutorBed();
        var first = bed.Run(() =>
        {
            TaskContext.Current!.Secede();
            Block("secede");
            return 1;
        });
        Assert.Same(first, await bed.SecededAsync());
        var second = bed.Run(() => 2);
        Assert.Same(second, await bed.EndedAsync());
        Gate("secede").SetResult();
        Assert.Same(first, await bed.EndedAsync());
        Assert.Null(first.Error);
        Assert.Equal(0, bed.Executor.RunningCount);
    }

    [Fact]
    public async Task A_run_that_rejoins_waits_for_a_slot_and_goes_before_those_that_have_not_started()
    {
        using var bed = new ExecutorBed();
        var first = bed.Run(async () =>
        {
            TaskContext.Current!.Secede();
            await BlockAsync("rejoin");
            var rejoining = TaskContext.Current.RejoinAsync();
            Gate("rejoin waits").TrySetResult();
            await rejoining;
            return 1;
        });
        Assert.Same(first, await bed.SecededAsync());
        var second = bed.Run(() => Block("rejoin second"));
        await Started("rejoin second");
        var third = bed.Run(() => 3);
        Gate("rejoin").SetResult();
        await Gate("rejoin waits").Task;
        Assert.Equal(RunState.Started, first.State);

        Gate("rejoin second").SetResult();

        Assert.Same(second, await bed.EndedAsync());
        Assert.Same(first, await bed.EndedAsync());
        Assert.Same(third, await bed.EndedAsync());
    }

    [Fact]
    public async Task A_blocking_run_may_secede_and_rejoin_again_and_again()
    {
        using var bed = new ExecutorBed();
        for (var round = 0; round < 3; round++)
        {
            var run = bed.Run(() =>
            {
                for (var i = 0; i < 20; i++)
                {
                    TaskContext.Current!.Secede();
                    TaskContext.Current.RejoinAsync().Wait();
                }
            });
            Assert.Same(run, await bed.EndedAsync());
            Assert.Null(run.Error);
        }
        Assert.Equal(0, bed.Executor.RunningCount);
    }

    [Fact]
    public async Task A_cancelled_run_that_ignores_its_token_loses_its_slot_and_its_place_among_the_threads()
    {
        using var bed = new ExecutorBed(grace: TimeSpan.FromMilliseconds(1));
        var stuck = bed.Run(() => Block("stuck"));
        await Started("stuck");
        bed.Executor.Cancel(stuck);

        Assert.Same(stuck, await bed.EndedAsync());
        Assert.Same(stuck, await bed.StuckAsync());
        Assert.Equal(1, bed.Executor.StuckCount);
        var next = bed.Run(() => 2);
        Assert.Same(next, await bed.EndedAsync());
        Assert.Null(next.Error);
        Gate("stuck").SetResult();
    }

    [Fact]
    public async Task An_overdue_run_whose_code_does_not_return_is_found_stuck()
    {
        using var bed = new ExecutorBed(grace: TimeSpan.FromMilliseconds(1));
        var stuck = bed.Run(() => Block("overdue"), timeoutMs: 1);
        Assert.Same(stuck, await bed.EndedAsync());
        Assert.Equal(TaskErrorKind.Timeout, stuck.Error!.Kind);
        Assert.Same(stuck, await bed.StuckAsync());
        Gate("overdue").SetResult();
    }

    [Fact]
    public async Task The_context_is_there_across_awaits_and_gone_between_tasks()
    {
        using var bed = new ExecutorBed();
        var asynchronous = bed.Run(async () =>
        {
            await Task.Yield();
            return TaskContext.Current!.Key;
        });
        await bed.EndedAsync();
        Assert.Equal(asynchronous.Key, asynchronous.Result!.Get(PayloadCodecs.For<string>()));
        var synchronous = bed.Run(() => TaskContext.Current!.Key);
        await bed.EndedAsync();
        Assert.Equal(synchronous.Key, synchronous.Result!.Get(PayloadCodecs.For<string>()));
    }

    [Fact]
    public async Task A_run_is_taken_back_only_before_it_starts()
    {
        using var bed = new ExecutorBed();
        var running = bed.Run(() => Block("take back"));
        await Started("take back");
        var waiting = bed.Run(() => 2);
        Assert.False(bed.Executor.TryTakeBack(running));
        Assert.True(bed.Executor.TryTakeBack(waiting));
        Gate("take back").SetResult();
        Assert.Same(running, await bed.EndedAsync());
        var third = bed.Run(() => 3);
        Assert.Same(third, await bed.EndedAsync());
    }

    [Fact]
    public async Task Runs_start_by_priority()
    {
        using var bed = new ExecutorBed();
        var first = bed.Run(() => Block("priority"));
        await Started("priority");
        var low = bed.Run(() => 1, priority: 9);
        var high = bed.Run(() => 2, priority: 1);
        Gate("priority").SetResult();
        Assert.Same(first, await bed.EndedAsync());
        Assert.Same(high, await bed.EndedAsync());
        Assert.Same(low, await bed.EndedAsync());
    }

    [Fact]
    public async Task A_cancelled_run_that_has_not_started_ends_at_once()
    {
        using var bed = new ExecutorBed();
        bed.Run(() => Block("cancel"));
        await Started("cancel");
        var waiting = bed.Run(() => 2);
        bed.Executor.Cancel(waiting);
        Assert.Same(waiting, await bed.EndedAsync());
        Assert.NotNull(waiting.Error);
        Gate("cancel").SetResult();
        await bed.EndedAsync();
    }
}
