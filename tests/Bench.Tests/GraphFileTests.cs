using System.Text.Json;
using TaskGraph.Bench.Graphs;
using TaskGraph.Bench.Graphs.Estee;
using TaskGraph.Bench.Table;

namespace Bench.Tests;

public sealed class GraphFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("graphs");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_peer_is_given_the_very_graphs_that_the_rows_run()
    {
        var plain = NamedGraph.All.Single(static graph => graph.Name == "bag-10");
        var estee = NamedEsteeGraph.All.Single(static graph => graph.Name == "estee-crossv");

        GraphFile.WriteAll(_folder.FullName, new HashSet<string> { plain.Name, estee.Name });

        var inputs = Read(plain.Name).GetProperty("inputs").EnumerateArray().ToList();
        Assert.Equal(plain.Tasks, inputs.Count);
        Assert.Equal(plain.Edges, inputs.Sum(static one => one.GetArrayLength()));
        var content = Read(estee.Name);
        var graph = estee.Create();
        Assert.Equal(estee.Tasks, content.GetProperty("inputs").GetArrayLength());
        Assert.Equal(graph.SecondsOf(1) * 100, content.GetProperty("us")[1].GetDouble(), precision: 6);
        Assert.Equal(graph.CpusOf(1), content.GetProperty("cpus")[1].GetInt32());
        Assert.Equal(2, _folder.GetFiles().Length);
    }

    private JsonElement Read(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.FullName, name + ".json"))).RootElement;
}
