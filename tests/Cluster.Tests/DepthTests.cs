namespace TaskGraph.Tests;

/// <summary>Tasks that wait for tasks that wait for tasks, on one worker of one thread.</summary>
public sealed class DepthTests : IAsyncLifetime
{
    private LocalCluster _cluster = null!;
    private Client _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await LocalCluster.StartAsync(workers: 1, threadsPerWorker: 1);
        _client = await Client.ConnectAsync(_cluster);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Awaiting_tasks_from_tasks_does_not_lock_one_thread_at_any_depth()
        => Assert.Equal(200, await _client.Submit(Levels.CountAsync, 200));

    [Fact]
    public async Task Tasks_that_block_for_tasks_do_not_lock_one_thread_either()
        => Assert.Equal(120, await _client.Submit(Levels.Count, 120));

    [Fact]
    public async Task A_tree_of_tasks_from_tasks_ends_on_one_thread()
        => Assert.Equal(144, await _client.Submit(Levels.FibonacciAsync, 12));

    [Fact]
    public async Task A_task_that_rejoins_after_waiting_goes_on_in_a_slot()
        => Assert.Equal(41, await _client.Submit(Levels.RejoiningAsync, 40));

    internal static class Levels
    {
        public static async Task<int> CountAsync(int depth)
            => depth == 0 ? 0 : 1 + await Client.Current!.Submit(CountAsync, depth - 1);

        public static int Count(int depth)
            => depth == 0 ? 0 : 1 + Client.Current!.Submit(Count, depth - 1).ResultAsync().GetAwaiter().GetResult();

        public static async Task<int> FibonacciAsync(int n)
        {
            if (n < 2)
                return n;
            var client = Client.Current!;
            var parts = await client.GatherAsync(client.Map(FibonacciAsync, [n - 1, n - 2]));
            return parts[0] + parts[1];
        }

        public static async Task<int> RejoiningAsync(int depth)
        {
            var below = depth == 0 ? 0 : await Client.Current!.Submit(RejoiningAsync, depth - 1);
            await TaskContext.Current!.RejoinAsync();
            return below + 1;
        }
    }
}
