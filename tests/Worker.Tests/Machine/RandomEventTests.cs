using FsCheck;
using FsCheck.Fluent;
using TaskGraph.Worker.Machine;

namespace Worker.Tests.Machine;

/// <summary>
/// Any order of events, sensible or not: the invariants hold, every run and transfer is answered for.
/// </summary>
public class RandomEventTests
{
    private const int Tasks = 12;

    [Fact]
    public void Invariants_hold_whatever_the_order_of_events()
    {
        var seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();
        Prop.ForAll(seeds, seed => Play(seed, steps: 300)).Check(
            Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void After_everything_was_freed_and_has_ended_nothing_is_left()
    {
        var seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();
        Prop.ForAll(seeds, seed => IsEmptyAfter(seed)).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    private static bool IsEmptyAfter(int seed)
    {
        var player = new Player(seed);
        for (var step = 0; step < 200; step++)
            player.Step();
        player.Finish();
        return player.Bed.Machine.TaskCount == 0 && player.Bed.Machine.OccupiedCount == 0
            && player.Bed.Machine.StoredBytes == 0;
    }

    private static bool Play(int seed, int steps)
    {
        var player = new Player(seed);
        for (var step = 0; step < steps; step++)
            player.Step();
        return true;
    }

    /// <summary>
    /// Draws events from a seed; keeps the runs and requests that the machine has started and not seen end.
    /// </summary>
    private sealed class Player(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<Instruction> _runs = [];
        private readonly List<FetchRequest> _requests = [];
        private readonly HashSet<int> _seceded = [];
        private readonly List<Instruction> _disk = [];
        private readonly int[] _attempts = new int[Tasks];
        private int _attempt;
        private int _seen;

        public MachineBed Bed { get; } = new(threads: 2, depth: 2, options: new WorkerMachineOptions
        {
            // Every second seed with a memory for a few values.
            TargetBytes = seed % 2 == 0 ? 0 : 60,
            LeastSpilledBytes = 20,
            SpillPauseUs = 100_000,
        });

        public void Step()
        {
            var task = _random.Next(Tasks);
            switch (_random.Next(16))
            {
                case 0 or 1:
                    _attempts[task] = ++_attempt;
                    Bed.Compute(task, _attempt, _random.Next(5), Inputs(task));
                    break;
                case 2:
                    Bed.Free(task, _random.Next(_attempt + 2));
                    break;
                case 3:
                    Bed.Abort(task, _random.Next(_attempt + 2));
                    break;
                case 4:
                    Bed.Retract(task, _attempts[task]);
                    break;
                case 5 or 6 when _runs.Count > 0:
                    EndRun(_random.Next(_runs.Count));
                    break;
                case 7 or 8 when _requests.Count > 0:
                    EndRequest(_random.Next(_requests.Count));
                    break;
                case 9:
                    Bed.Refresh(task, Holders());
                    break;
                case 10 when _runs.Count > 0:
                    Secede(_random.Next(_runs.Count));
                    break;
                case 11 or 12 when _disk.Count > 0:
                    EndDisk(_random.Next(_disk.Count));
                    break;
                case 13:
                    Bed.Do(machine => machine.Relieve(_random.Next(3) * 40, Bed.NowUs));
                    break;
                case 14:
                    Bed.Do(machine => machine.Pause(_random.Next(3) == 0, Bed.NowUs));
                    break;
                case 15 when _random.Next(5) == 0:
                    Bed.Do(machine => machine.Damaged(MachineBed.T(task), Bed.NowUs));
                    break;
                default:
                    Bed.Advance(50_000);
                    break;
            }

            Observe();
        }

        public void Finish()
        {
            for (var round = 0; round < 6; round++)
            {
                for (var task = 0; task < Tasks; task++)
                    Bed.Free(task, int.MaxValue);
                Observe();
                while (_runs.Count > 0)
                    EndRun(0);
                while (_requests.Count > 0)
                    EndRequest(0);
                while (_disk.Count > 0)
                    EndDisk(0);
                Observe();
            }
        }

        private (int Task, int[] Holders)[] Inputs(int task)
        {
            var inputs = new List<(int, int[])>();
            for (var input = 0; input < task; input++)
            {
                if (_random.Next(4) == 0)
                    inputs.Add((input, Holders()));
            }

            return [.. inputs];
        }

        private int[] Holders() =>
            [.. Enumerable.Range(0, 4).Where(_ => _random.Next(2) == 0)];

        private void EndRun(int at)
        {
            var run = _runs[at];
            _runs.RemoveAt(at);
            _seceded.Remove(run.Row);
            Bed.End(run, _random.Next(3) == 0 ? MachineBed.SomeError() : null);
            Observe();
        }

        private void Secede(int at)
        {
            var run = _runs[at];
            if (_seceded.Add(run.Row))
                Bed.Do(machine => machine.Seceded(run.Row, machine.Row(run.Row).Serial, Bed.NowUs));
        }

        private void EndRequest(int at)
        {
            var request = _requests[at];
            _requests.RemoveAt(at);
            Bed.Answer(request, [.. request.Tasks.Select(_ => (FetchStatus)_random.Next(4))]);
            Observe();
        }

        private void EndDisk(int at)
        {
            var (kind, ticket, row, _) = _disk[at];
            _disk.RemoveAt(at);
            if (kind == InstructionKind.Spill)
                Bed.Do(machine => machine.Stored(row, ticket, (StoreOutcome)_random.Next(3), Bed.NowUs));
            else
                Bed.Do(machine => machine.Loaded(row, ticket, _random.Next(4) > 0, Bed.NowUs));
            Observe();
        }

        private void Observe()
        {
            for (; _seen < Bed.Instructions.Count; _seen++)
            {
                var instruction = Bed.Instructions[_seen];
                if (instruction.Kind == InstructionKind.Execute)
                    _runs.Add(instruction);
                else if (instruction.Kind == InstructionKind.StartFetch)
                    _requests.Add(Bed.Machine.Request(instruction.Index));
                else if (instruction.Kind is InstructionKind.Spill or InstructionKind.Load)
                    _disk.Add(instruction);
                else if (instruction.Kind == InstructionKind.TakeBack)
                    AnswerTakeBack(instruction);
            }
        }

        private void AnswerTakeBack(Instruction instruction)
        {
            var at = _runs.FindIndex(run => run.Row == instruction.Row);
            var accepted = at >= 0 && !_seceded.Contains(instruction.Row) && _random.Next(2) == 0;
            if (accepted)
                _runs.RemoveAt(at);
            Bed.Do(machine => machine.TakenBack(
                instruction.Row, machine.Row(instruction.Row).Serial, accepted, Bed.NowUs));
        }
    }
}
