using System.Buffers.Binary;
using TaskGraph.Bench.Graphs.Estee;

namespace TaskGraph.Bench.Cases;

/// <summary>
/// A graph of Estee's sets: tasks sleep and hand on data, both at 1/10,000 of what is published, so that bytes per second
/// are not scaled. A task's outputs are one value, which those that take any of them take whole. Every value says what it
/// was made of; the ends are checked.
/// </summary>
internal sealed class EsteeCase(NamedEsteeGraph named) : IBenchCase
{
    /// <summary>What published durations and sizes are multiplied with.</summary>
    public const double Scale = 1e-4;

    private const string Cpus = "CPUS";

    // A value begins with a number.
    private const int Header = sizeof(long);

    private EsteeGraph? _graph;
    private long[] _values = [];

    public string Name => named.Name;

    public int DefaultTaskCount => named.Tasks;

    private EsteeGraph Graph => _graph ??= named.Create();

    /// <summary>Processors count where tasks take several: elsewhere threads bound them already.</summary>
    public IReadOnlyDictionary<string, double> Resources(BenchSetup setup) => Graph.MostCpus == 1
        ? new Dictionary<string, double>()
        : new Dictionary<string, double> { [Cpus] = setup.ThreadCount };

    public async Task<CaseFigures?> RunAsync(Client client, BenchSetup setup)
    {
        if (setup.ZeroWorkers)
            throw new InvalidOperationException($"{Name} checks its data: it needs workers that run tasks.");
        if (_values.Length == 0)
            _values = Evaluate(Graph);
        var builder = new GraphBuilder(client);
        var tasks = new GraphTask<byte[]>[Graph.Count];
        for (int i = 0; i < tasks.Length; i++)
            tasks[i] = Add(builder, tasks, i, setup.ThreadCount);
        int[] ends = Graph.Shape.Sinks();
        var futures = builder.Submit(ends.Select(end => tasks[end]));
        byte[][] values = await client.GatherAsync(futures);
        for (int i = 0; i < ends.Length; i++)
        {
            Functions.Check(setup, _values[ends[i]], BinaryPrimitives.ReadInt64LittleEndian(values[i]));
            futures[i].Dispose();
        }

        double bound = Scale * Graph.LowerBoundSeconds(setup.WorkerCount * setup.ThreadCount, setup.ThreadCount);
        return new CaseFigures { Tasks = Graph.Count, LowerBoundSeconds = bound, Scale = Scale };
    }

    private GraphTask<byte[]> Add(GraphBuilder builder, GraphTask<byte[]>[] tasks, int task, int mostCpus)
    {
        var options = Options(Math.Min(Graph.CpusOf(task), mostCpus));
        double us = Graph.SecondsOf(task) * Scale * 1e6;
        int bytes = BytesOf(Graph, task);
        var inputs = Graph.Shape.InputsOf(task);
        if (inputs.Length == 0)
            return builder.Add(Source, us, bytes, options);
        var taken = new Arg<byte[]>[inputs.Length];
        for (int i = 0; i < taken.Length; i++)
            taken[i] = tasks[inputs[i]];
        return builder.Add(Consumer, Arg.All(taken), us, bytes, options);
    }

    private SubmitOptions Options(int cpus)
    {
        var options = new SubmitOptions { Pure = false };
        return Graph.MostCpus == 1 ? options : options with { Resources = new Dictionary<string, double> { [Cpus] = cpus } };
    }

    private static byte[] Source(double us, int bytes) => Consumer([], us, bytes);

    private static byte[] Consumer(byte[][] inputs, double us, int bytes)
    {
        PreciseSleep.For(us);
        long value = 1;
        foreach (byte[] input in inputs)
            value = unchecked(value + BinaryPrimitives.ReadInt64LittleEndian(input) + input.Length);
        var output = new byte[bytes];
        BinaryPrimitives.WriteInt64LittleEndian(output, value);
        return output;
    }

    /// <summary>What <see cref="Consumer"/> gives for each task.</summary>
    private static long[] Evaluate(EsteeGraph graph)
    {
        var values = new long[graph.Count];
        for (int task = 0; task < values.Length; task++)
        {
            long value = 1;
            foreach (int input in graph.Shape.InputsOf(task))
                value = unchecked(value + values[input] + BytesOf(graph, input));
            values[task] = value;
        }

        return values;
    }

    /// <summary>How large the value of a task is.</summary>
    public static int BytesOf(EsteeGraph graph, int task) =>
        Math.Max(Header, (int)Math.Ceiling(graph.MibOf(task) * 1_048_576 * Scale));
}
