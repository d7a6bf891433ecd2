using System.CommandLine;
using TaskGraph.Bench;
using TaskGraph.Bench.Cases;

IReadOnlyList<IBenchCase> cases =
    [new Merge(), new MapGather(), new Tree(), new Chain(), new RoundTrip(), new Transfer()];

var name = new Argument<string>("case")
{
    Description = "One of: " + string.Join(", ", cases.Select(one => one.Name)) + ", or all.",
};
var tasks = new Option<int?>("--tasks") { Description = "Number of tasks (default: the case's own)." };
var workers = new Option<int>("--workers") { Description = "Worker processes.", DefaultValueFactory = _ => 2 };
var threads = new Option<int>("--threads") { Description = "Threads per worker.", DefaultValueFactory = _ => 1 };
var repeat = new Option<int>("--repeat") { Description = "Timed runs; the median is printed.", DefaultValueFactory = _ => 5 };
var root = new RootCommand("Times TaskGraph on separate processes of this machine; one JSON line per result.")
{
    name, tasks, workers, threads, repeat,
};
root.SetAction(async (parsed, cancellation) =>
{
    string wanted = parsed.GetValue(name)!;
    var chosen = cases.Where(one => wanted == "all" || one.Name == wanted).ToList();
    if (chosen.Count == 0)
    {
        await Console.Error.WriteLineAsync($"There is no case '{wanted}': {name.Description}");
        return 2;
    }

    foreach (var one in chosen)
    {
        var setup = new BenchSetup(
            parsed.GetValue(tasks) ?? one.DefaultTaskCount,
            parsed.GetValue(workers),
            parsed.GetValue(threads),
            parsed.GetValue(repeat));
        await BenchRunner.RunAsync(one, setup, cancellation);
    }

    return 0;
});
return await root.Parse(args).InvokeAsync();
