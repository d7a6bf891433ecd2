using System.Text.Json;
using TaskGraph.Bench.Cases;
using TaskGraph.Bench.Graphs;
using TaskGraph.Bench.Graphs.Estee;

namespace TaskGraph.Bench.Table;

/// <summary>The published graphs as JSON files, so that the peer runs the very same ones.</summary>
internal static class GraphFile
{
    private const double MicrosecondsPerSecond = 1e6;

    // What the rows have: two workers of four threads.
    private const int Cpus = 8;
    private const int CpusPerWorker = 4;

    /// <summary>Writes those of <paramref name="names"/> that are graphs into <paramref name="folder"/>.</summary>
    public static void WriteAll(string folder, IReadOnlySet<string> names)
    {
        foreach (var graph in NamedGraph.All.Where(graph => names.Contains(graph.Name)))
            Write(folder, graph.Name, new() { ["inputs"] = Inputs(graph.Create()) });
        foreach (var graph in NamedEsteeGraph.All.Where(graph => names.Contains(graph.Name)))
            Write(folder, graph.Name, Content(graph.Create()));
    }

    private static Dictionary<string, object> Content(EsteeGraph graph)
    {
        var tasks = Enumerable.Range(0, graph.Count);
        var content = new Dictionary<string, object>
        {
            ["inputs"] = Inputs(graph.Shape),
            ["us"] = tasks.Select(task => graph.SecondsOf(task) * EsteeCase.Scale * MicrosecondsPerSecond),
            ["bytes"] = tasks.Select(task => EsteeCase.BytesOf(graph, task)),
            ["bound_seconds"] = EsteeCase.Scale * graph.LowerBoundSeconds(Cpus, CpusPerWorker),
        };
        if (graph.MostCpus > 1)
            content["cpus"] = tasks.Select(graph.CpusOf);
        return content;
    }

    private static int[][] Inputs(DependencyList shape) =>
        [.. Enumerable.Range(0, shape.Count).Select(task => shape.InputsOf(task).ToArray())];

    private static void Write(string folder, string name, Dictionary<string, object> content)
    {
        content["name"] = name;
        using var file = File.Create(Path.Combine(folder, name + ".json"));
        JsonSerializer.Serialize(file, content);
    }
}
