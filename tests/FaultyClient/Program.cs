using TaskGraph;

// A client to be killed: argument 0 is the scheduler's address. It asks for more than can be done, publishes one result under a
// name, says so, and waits for its end.
const int Tasks = 2000;
await using var client = await Client.ConnectAsync(args[0]);
var kept = client.Submit(static () => 42, new SubmitOptions { Key = "kept" });
await kept;
await client.PublishDatasetAsync("kept", kept);
var futures = client.Map(
    static x =>
    {
        Thread.CurrentThread.Join(50);
        return x;
    },
    Enumerable.Range(0, Tasks));
await futures[0];
Console.WriteLine("Submitted");
await client.WhenAllAsync(futures);
