using System.Buffers.Binary;
using System.Diagnostics;
using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Simulation;

/// <summary>
/// One large run without faults: many workers, one wide graph (a sum in a tree over many leaves, all values checked), and
/// what it costs the scheduler. Invariants are checked in one turn of many.
/// </summary>
internal sealed class ScaleRun
{
    private const int TasksPerChunk = 20_000;
    private const int FanIn = 8;
    private const int CheckEvery = 20_000;

    private readonly VirtualCluster _cluster;
    private readonly int _taskCount;
    private readonly long[] _values;

    private ScaleRun(int workers, int tasks)
    {
        var scenario = new Scenario(1) { Workers = workers, Threads = 4, Clients = 1 };
        _cluster = new VirtualCluster(scenario, Choices.OfSeed(1, isKept: false), isTraced: false) { CheckEvery = CheckEvery };
        _taskCount = tasks;
        _values = new long[tasks];
    }

    /// <summary>Runs and prints; returns the exit code.</summary>
    public static int Print(int workers, int tasks)
    {
        var clock = Stopwatch.StartNew();
        var run = new ScaleRun(workers, tasks);
        run.Play();
        var machine = run._cluster.Scheduler;
        var scheduler = Stopwatch.GetElapsedTime(0, machine.MachineTicks).TotalSeconds;
        var process = Process.GetCurrentProcess();
        var (events, seconds) = (run._cluster.Time.StepCount, clock.Elapsed.TotalSeconds);
        Say($"{workers} workers × {run._cluster.Scenario.Threads} threads, {tasks} tasks: "
            + $"makespan {run._makespanUs / 1e6:0.000} virtual s");
        Say($"scheduler: {run._moves / scheduler:0} moves/s, {tasks / scheduler:0} tasks/s in {scheduler:0.00} s of its own, "
            + $"{machine.TurnCount} turns");
        Say($"simulation: {events} events in {seconds:0.0} s, {events / seconds:0} events/s");
        Say($"memory: {GC.GetTotalMemory(forceFullCollection: false) >> 20} MiB managed, "
            + $"{process.PeakWorkingSet64 >> 20} MiB peak RSS of everything");
        return 0;
    }

    private static void Say(string line) => Console.WriteLine(line);

    private long _makespanUs;
    private long _moves;

    private void Play()
    {
        _cluster.Start();
        _cluster.RunUntil(() => _cluster.Scheduler.Machine.WorkerCount == _cluster.Scenario.Workers
            && _cluster.Clients[0].Machine.IsConnected, 60_000_000, () => "all workers have joined");
        var start = _cluster.Time.NowUs;
        var client = _cluster.Clients[0];
        var futures = client.SubmitRaw(Chunks, _taskCount - 1);
        _cluster.RunUntil(() => futures.PendingCount == 0, 36_000_000_000, () => "the last task has ended");
        _makespanUs = _cluster.Time.NowUs - start;
        _moves = _cluster.Scheduler.Machine.MoveCount;
        if (!futures.TryInlineValue(0, out var bytes) || BitConverter.ToInt64(bytes.Span) != _values[^1])
            throw new SimulationException("the value at the end of the graph is not the serial one");
        _cluster.Scheduler.Machine.AssertInvariants();
    }

    /// <summary>Task i takes the values of tasks 8(i − n) … of the level below: leaves first, one root at the end.</summary>
    private IEnumerable<SubmitTasks> Chunks(ulong id)
    {
        var leaves = LeafCount(_taskCount);
        var function = Work.Definition(Behaviour.Returns).Id;
        var next = 0;
        Span<long> inputs = stackalloc long[FanIn];
        List<SubmitTasks> chunks = [];
        for (var first = 0; first < _taskCount; first += TasksPerChunk)
        {
            var count = Math.Min(TasksPerChunk, _taskCount - first);
            var chunk = new SubmitTasks
            {
                Submission = id,
                FirstIndex = first,
                Count = count,
                IsLast = first + count == _taskCount,
                KeyForm = KeyForm.Unique,
            };
            chunk.Functions.Add(function);
            for (var i = first; i < first + count; i++)
            {
                var inputCount = i < leaves ? 0 : i == _taskCount - 1 ? i - next : Math.Min(FanIn, i - next);
                var values = inputCount <= FanIn ? inputs[..inputCount] : new long[inputCount];
                for (var k = 0; k < inputCount; k++, next++)
                {
                    chunk.Dependencies.Add(new TaskId(id, next));
                    values[k] = _values[next];
                }

                _values[i] = Work.ValueOf(Behaviour.Returns, i, values);
                AddRow(chunk, i, isWanted: i == _taskCount - 1);
            }

            chunks.Add(chunk);
        }

        return chunks;
    }

    private static void AddRow(SubmitTasks chunk, int index, bool isWanted)
    {
        var arguments = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(arguments, index);
        chunk.FunctionIndex.Add(0);
        chunk.Arguments.Add(arguments);
        chunk.Order.Add(index);
        chunk.UserPriority.Add(0);
        chunk.Retries.Add(0);
        chunk.TimeoutMs.Add(0);
        chunk.RestrictionIndex.Add(-1);
        chunk.ResourceIndex.Add(-1);
        chunk.Flags.Add((byte)(isWanted ? SubmitFlags.Wanted : SubmitFlags.None));
        chunk.DependencyEnds.Add(chunk.Dependencies.Count);
    }

    /// <summary>With 7 of 8 tasks as leaves, the others take eight values each.</summary>
    private static int LeafCount(int tasks) => Math.Max(1, (int)((long)tasks * (FanIn - 1) / FanIn));
}
