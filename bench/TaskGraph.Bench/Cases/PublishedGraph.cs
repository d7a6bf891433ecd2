using TaskGraph.Bench.Graphs;

namespace TaskGraph.Bench.Cases;

/// <summary>A graph of the published sets, with tasks that do next to nothing; every end's value is checked.</summary>
internal sealed class PublishedGraph(NamedGraph graph) : IBenchCase
{
    private DependencyList? _shape;
    private long[] _values = [];

    public string Name => graph.Name;

    public int DefaultTaskCount => graph.Tasks;

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        if (_shape is null)
        {
            _shape = graph.Create();
            _values = _shape.Evaluate();
        }

        await GraphRun.RunAsync(client, setup, _shape, _values);
        return new CaseFigures { Tasks = _shape.Count };
    }
}
