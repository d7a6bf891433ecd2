using TaskGraph.Collections;
using TaskGraph.Ml;
using static TaskGraph.Collections.Expr;

namespace TaskGraph.Readme.Tests;

/// <summary>What the documents show, between the regions that they name.</summary>
internal static class Snippets
{
    public static int Increment(int x) => x + 1;

    public static async Task TenLines()
    {
        #region readme:ten-lines
        await using var cluster = await LocalCluster.StartAsync(workers: 2, threadsPerWorker: 2, memoryLimit: "1GiB");
        await using var client = await Client.ConnectAsync(cluster);     // or ConnectAsync("tcp://pi0:8786")

        Future<int> one = client.Submit(Increment, 0);                   // a static method
        Future<int> three = client.Submit((a, b) => a + b, one, 2);      // a lambda; futures are arguments, no waiting
        Console.WriteLine(await three);                                  // computed where the data is, comes back typed

        int factor = 3;                                                  // captured: travels with the lambda
        Future<int>[] products = client.Map(x => x * factor, Enumerable.Range(0, 1000));
        Console.WriteLine(await client.Submit(Enumerable.Sum, products));
        #endregion
    }

    public static async Task<Table> Flights(Client client, string path)
    {
        #region readme:dataframe
        var flights = DataFrame.ReadCsv(client, path);
        Table delays = await flights.Where(Col("dep_delay") > 0)
            .GroupBy("carrier")
            .Agg(Mean("dep_delay").As("delay"), Count())
            .ComputeAsync();
        Console.WriteLine(delays);
        #endregion
        return delays;
    }

    public static async Task<double> Classifier(DataFrame train, DataFrame test)
    {
        #region readme:mlp
        string[] features = ["u", "g", "r", "i", "z", "redshift"];
        var scaler = await new StandardScaler().FitAsync(train, features);
        var model = new MlpClassifier { HiddenLayerSizes = [64, 64, 32], MaxEpochs = 10 };
        await model.FitAsync(scaler.Transform(train), features, label: "class");
        Console.WriteLine(await model.ScoreAsync(scaler.Transform(test)));
        #endregion
        return await model.ScoreAsync(scaler.Transform(test));
    }

    public static async Task<int> Coordination(Client client)
    {
        #region readme:coordination-lock
        await using (var lease = await client.Lock("ledger").AcquireAsync(timeout: TimeSpan.FromSeconds(10)))
        {
            await Ledger.WriteAsync("paid", fence: lease.Token);     // the store refuses tokens smaller than it has seen
            lease.ThrowIfLost();
        }

        await using var slot = await client.Semaphore("database", maxLeases: 4).AcquireAsync();
        #endregion

        #region readme:coordination-queue
        var jobs = client.Queue<int>("jobs", maxSize: 100);
        await jobs.PutAsync(17);                                     // waits while the queue is full
        int job = await jobs.GetAsync(TimeSpan.FromSeconds(5));      // waits while it is empty
        int left = await jobs.CountAsync();

        await client.Variable<double>("best loss").SetAsync(0.25);
        double best = await client.Variable<double>("best loss").GetAsync();

        await client.Event("stop").SetAsync();
        await client.Event("stop").WaitAsync();
        #endregion
        return job + left + (int)(best * 4);
    }

    public static async Task<int> Sharing(Client client, Client other)
    {
        #region readme:coordination-futures
        await client.Queue<Future<int>>("results").PutAsync(client.Submit(Increment, 41));
        Future<int> result = await other.Queue<Future<int>>("results").GetAsync();
        Console.WriteLine(await result);
        #endregion

        #region readme:coordination-datasets
        await client.PublishDatasetAsync("numbers", client.Map(x => x * x, Enumerable.Range(0, 10)));
        Future<int>[] numbers = await other.GetDatasetAsync<Future<int>[]>("numbers");
        Console.WriteLine(string.Join(", ", await other.ListDatasetsAsync()));
        await other.UnpublishDatasetAsync("numbers");
        #endregion
        return await result + (await other.GatherAsync(numbers)).Sum();
    }

    public static async Task<double[]> Topics(Client client)
    {
        #region readme:coordination-topics
        await using var subscription = await client.SubscribeTopicAsync<double>("loss", one => Console.WriteLine(one.Value));
        await client.Submit(() => TaskContext.Current!.LogEvent("loss", 0.25));
        var all = await client.GetEventsAsync<double>("loss");
        #endregion
        return [.. all.Select(static one => one.Value)];
    }

    public static async Task<int[]> Actors(Client client)
    {
        #region readme:actors
        using Future<Actor<Tally>> future = client.SubmitActor(() => new Tally());
        Actor<Tally> tally = await future;

        await tally.CallAsync(t => t.Count("GALAXY"));                   // a method, with what the lambda captures
        int stars = await tally.CallAsync((t, word) => t.Count(word), "STAR");   // an argument beside the code: for large ones
        int words = await tally.CallAsync(t => t.Words);                 // a field or property

        Future<int>[] tasks = client.Map(x => x % 2 == 0 ? "even" : "odd", Enumerable.Range(0, 10))
            .Select(word => client.Submit(Tally.CountThereAsync, future, word)).ToArray();   // tasks on any worker call it
        await client.GatherAsync(tasks);
        #endregion
        return [stars, words, await tally.CallAsync(t => t.Words)];
    }

    public static async Task<int> TasksFromTasks(Client client)
    {
        #region readme:tasks-from-tasks
        static async Task<int> Fibonacci(int n)
        {
            if (n < 2)
                return n;
            Client inside = Client.Current!;
            int[] parts = await inside.GatherAsync(inside.Map(Fibonacci, [n - 1, n - 2]));   // gives the slot back
            await TaskContext.Current!.RejoinAsync();                                        // takes one again
            return parts[0] + parts[1];
        }
        #endregion
        return await client.Submit(Fibonacci, 7);
    }

    /// <summary>Counts words.</summary>
    internal sealed class Tally
    {
        private readonly Dictionary<string, int> _counts = [];

        public int Words => _counts.Count;

        public static Task<int> CountThereAsync(Actor<Tally> tally, string word) => tally.CallAsync((t, x) => t.Count(x), word);

        public int Count(string word) => _counts[word] = _counts.GetValueOrDefault(word) + 1;
    }

    /// <summary>A store that compares fencing tokens.</summary>
    private static class Ledger
    {
        private static readonly List<string> s_entries = [];
        private static long s_newest;

        public static Task WriteAsync(string entry, long fence)
        {
            if (fence < s_newest)
                throw new InvalidOperationException($"Token {fence} has been overtaken by {s_newest}.");
            s_newest = fence;
            s_entries.Add(entry);
            return Task.CompletedTask;
        }
    }
}
