using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Simulation.Tests;

/// <summary>Scheduler, workers and clients together, in virtual time, with everything going wrong that can.</summary>
public class SimulatedRunsTests
{
    private const int FixedSeeds = 400;

    private static readonly MessageKind[] s_rareMessages =
    [
        MessageKind.TasksRetracted, MessageKind.TasksSeceded, MessageKind.TasksFailed, MessageKind.AbortTasks,
        MessageKind.DataMissing, MessageKind.HoldersRefreshed, MessageKind.TasksErred, MessageKind.TasksCancelled,
        MessageKind.TasksLost, MessageKind.TasksHeld, MessageKind.WorkersLeft, MessageKind.Goodbye, MessageKind.TasksRetried,
        MessageKind.AcquireReplicas, MessageKind.ReplicasNotAcquired, MessageKind.CoordinationReply, MessageKind.CallsPending,
        MessageKind.OperationReply, MessageKind.RestartProcess, MessageKind.RegisterData,
        MessageKind.ComputeInputs,
    ];

    [Fact]
    public void Every_wanted_task_ends_as_the_serial_evaluator_says_and_nothing_is_left_on_fixed_seeds()
    {
        var runner = new SeedRunner(Scenario.OfSeed);
        runner.Run(first: 0, FixedSeeds);
        Assert.Empty(runner.Failures);

        // Seeds that no longer reach the rare messages prove nothing about them.
        Assert.All(s_rareMessages, kind => Assert.True(runner.Coverage[kind] > 0, $"no {kind}: {runner.Coverage}"));
        Assert.All(FaultKinds.Each, kind => Assert.True(runner.Coverage.RunsWith(kind) > 0, $"no run with {kind}"));
    }

    [Fact]
    [Trait("Category", "Simulation")]
    public void Every_wanted_task_ends_as_the_serial_evaluator_says_on_many_seeds()
    {
        var runner = new SeedRunner(Scenario.OfSeed) { MostTime = TimeSpan.FromSeconds(120) };
        runner.Run(first: 10_000, count: 1_000_000);
        Assert.Empty(runner.Failures);
        Assert.Empty(CoverageTable.NeverMade(runner.Coverage).Except(CoverageTable.Rare.Keys));
        DirectedRuns.Fill(runner, firstSeed: 1_000_000_000, TimeSpan.FromSeconds(60));
        Assert.Empty(runner.Failures);
        Assert.All(
            CoverageTable.Missing(runner.Coverage),
            pair => Assert.True(
                CoverageTable.ReasonFor(runner.Coverage, pair.Row, pair.Kind) is not null,
                $"{pair.Row.Name} with {pair.Kind}: never seen, and for no reason"));
    }

    [Fact]
    public void Every_wanted_task_ends_as_the_serial_evaluator_says_whatever_the_graph_and_the_faults() =>
        AnyScenarioEndsWell().Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    [Trait("Category", "Simulation")]
    public void Every_wanted_task_ends_as_the_serial_evaluator_says_in_scenarios_that_nobody_has_seen() =>
        AnyScenarioEndsWell().Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Equal_scenarios_run_the_same_way_event_by_event()
    {
        var scenario = Scenario.OfSeed(7) with { Faults = Faults.All, Clients = 2, Graphs = 5 };
        Assert.Equal(Player.Play(scenario).Fingerprint, Player.Play(scenario).Fingerprint);
    }

    [Fact]
    public void A_run_written_down_goes_the_same_way_when_it_is_read_and_played_again()
    {
        var scenario = Scenario.OfSeed(11) with { Faults = Faults.All & ~Faults.SchedulerCrash };
        var first = Player.Play(scenario, Choices.OfSeed(11), isTraced: false);
        var written = new Replay { Scenario = scenario, Choices = first.Choices }.ToJson();
        Assert.Equal(first.Coverage.Fingerprint, Replay.Parse(written).Play().Coverage.Fingerprint);
    }

    [Fact]
    public void A_record_that_has_ended_gives_plain_choices_and_one_of_a_larger_range_is_cut_down()
    {
        var choices = Choices.OfRecord([5, 5]);
        Assert.Equal([5, 2, 0], new[] { choices.Next(10), choices.Next(3), choices.Next(10) });
        Assert.Equal([5, 2, 0], choices.Made);
    }

    [Fact]
    public void A_large_run_computes_the_serial_value() => Assert.Equal(0, ScaleRun.Print(workers: 20, tasks: 5_000));

    private static Property AnyScenarioEndsWell() =>
        Prop.ForAll(AnyScenario().ToArbitrary(), scenario => Player.Play(scenario).MessageCount > 0);

    private static Gen<Scenario> AnyScenario() =>
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from workers in Gen.Choose(1, 6)
        from threads in Gen.Choose(1, 4)
        from clients in Gen.Choose(1, 2)
        from graphs in Gen.Choose(1, 6)
        from tasks in Gen.Choose(1, 30)
        from width in Gen.Choose(0, 6)
        from inputs in Gen.Choose(0, 3)
        from part in Gen.Choose(0, 3)
        from faults in Gen.Choose(0, (int)Faults.All)
        select new Scenario(seed)
        {
            Workers = workers,
            Threads = threads,
            Clients = clients,
            Graphs = graphs,
            TasksPerGraph = tasks,
            Width = width,
            InputsPerMessage = inputs,
            MessagesPerPart = part,
            Faults = (Faults)faults,
        };
}
