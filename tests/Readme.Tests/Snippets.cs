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
}
