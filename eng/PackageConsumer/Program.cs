// Runs a LocalCluster of separate processes from packages alone, and checks an answer that needs user code on the workers.
using TaskGraph;
using TaskGraph.Collections;

await using var cluster = await LocalCluster.StartAsync(workers: 2, threadsPerWorker: 1);
await using var client = await Client.ConnectAsync(cluster);
int factor = 3;
var products = client.Map(x => x * factor, Enumerable.Range(0, 1000));
int sum = await client.Submit(Enumerable.Sum, products);
var table = Table.FromColumns(Column.Of<long>("a", 1, 2, 3));
Console.WriteLine($"sum = {sum}, rows = {table.RowCount}");
return sum == 3 * 499_500 && table.RowCount == 3 ? 0 : 1;
