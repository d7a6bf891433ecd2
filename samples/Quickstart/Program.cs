using System.Diagnostics;
using TaskGraph;

// A scheduler and two workers on this machine, each a process of its own. For a cluster that is there already:
// Client.ConnectAsync("tcp://pi0:8786").
var clock = Stopwatch.StartNew();
await using var cluster = await LocalCluster.StartAsync(workers: 2, threadsPerWorker: 1, memoryLimit: "1GiB");
await using var client = await Client.ConnectAsync(cluster);
Console.WriteLine($"scheduler  {cluster.Address} (process {cluster.SchedulerProcessId})");
foreach (var worker in cluster.Workers)
    Console.WriteLine($"{worker.Name}   {worker.Address} (process {worker.ProcessId})");
Console.WriteLine($"ready after {clock.Elapsed.TotalSeconds:0.0} s");
Console.WriteLine();

// Submit: one call, one future. Futures are arguments of further calls, without waiting for them.
Future<int> a = client.Submit(Numbers.Inc, 1);
Future<int> c = client.Submit(Numbers.Add, a, 10);
Console.WriteLine($"submit     Add(Inc(1), 10) = {await c}");

// Map and gather: one call per value, travelling as one message; values come straight from the workers.
Future<int>[] squares = client.Map(x => x * x, Enumerable.Range(0, 1000));
int[] values = await client.GatherAsync(squares);
Console.WriteLine($"map        1,000 squares, the last one is {values[^1]:N0}");
Console.WriteLine($"           their sum, computed on a worker: {await client.Submit(Enumerable.Sum, squares):N0}");

// A lambda takes along what it captures.
var (slope, offset) = (2.5, 1.0);
var line = await client.GatherAsync(client.Map(x => (slope * x) + offset, [0.0, 1.0, 2.0]));
Console.WriteLine($"capture    {slope} x + {offset} at 0, 1, 2: {string.Join(", ", line)}");

// A tree reduction: pairs of results, until one is left. Only the root is asked for.
IReadOnlyList<Future<int>> level = squares;
while (level.Count > 1)
{
    level = [.. level.Chunk(2).Select(
        pair => pair.Length == 2 ? client.Submit(Numbers.Add, pair[0], pair[1]) : pair[0])];
}
Console.WriteLine($"tree       the same sum, pair by pair: {await level[0]:N0}");

// As they complete: whichever is ready first.
Future<string>[] naps = client.Map(Numbers.NapAsync, [300, 50, 150]);
var order = new List<string>();
await foreach (var nap in client.AsCompleted(naps))
    order.Add(await nap);
Console.WriteLine($"completed  {string.Join(", ", order)}");

// An error comes back typed: what was thrown, where, and the stack over there.
try
{
    await client.Submit(Numbers.Divide, 1, 0);
}
catch (TaskFailedException e)
{
    Console.WriteLine($"error      {e.Message}");
    Console.WriteLine($"           on {e.Worker}");
    Console.WriteLine($"           {e.RemoteStack.Split('\n')[0].Trim()}");
}

Console.WriteLine();
Console.WriteLine($"done after {clock.Elapsed.TotalSeconds:0.0} s");

internal static class Numbers
{
    public static int Inc(int x) => x + 1;

    public static int Add(int x, int y) => x + y;

    public static int Divide(int x, int y) => x / y;

    public static async Task<string> NapAsync(int milliseconds)
    {
        await Task.Delay(milliseconds);
        return $"{milliseconds} ms";
    }
}
