using FsCheck;
using FsCheck.Fluent;
using Machines.Tests.Simulation;

namespace Machines.Tests;

/// <summary>Scheduler, workers and clients together, in virtual time, with everything going wrong that can.</summary>
public class MachinesTogetherTests
{
    private const int FixedSeeds = 500;

    private static readonly MessageKind[] s_rareMessages =
    [
        MessageKind.TasksRetracted, MessageKind.TasksSeceded, MessageKind.TasksFailed, MessageKind.AbortTasks,
        MessageKind.DataMissing, MessageKind.HoldersRefreshed, MessageKind.TasksErred, MessageKind.TasksCancelled,
        MessageKind.TasksLost, MessageKind.TasksHeld, MessageKind.WorkersLeft, MessageKind.Goodbye,
    ];

    [Fact]
    public void Every_wanted_task_ends_as_the_serial_evaluator_says_and_nothing_is_left_on_fixed_seeds()
    {
        var all = new Coverage();
        for (var seed = 0; seed < FixedSeeds; seed++)
            all.Add(Player.Play(Scenario.OfSeed(seed)));

        // Seeds that no longer reach the rare messages prove nothing about them.
        Assert.All(s_rareMessages, kind => Assert.True(all[kind] > 0, $"no {kind} was delivered: {all}"));
    }

    [Fact]
    public void Every_wanted_task_ends_as_the_serial_evaluator_says_whatever_the_graph_and_the_faults() =>
        Prop.ForAll(AnyScenario().ToArbitrary(), scenario => Player.Play(scenario).MessageCount > 0)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Equal_scenarios_run_the_same_way_event_by_event()
    {
        var scenario = Scenario.OfSeed(7) with { Faults = Faults.All, Clients = 2, Graphs = 5 };
        Assert.Equal(Player.Play(scenario).Fingerprint, Player.Play(scenario).Fingerprint);
    }

    private static Gen<Scenario> AnyScenario() =>
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from workers in Gen.Choose(1, 6)
        from threads in Gen.Choose(1, 4)
        from clients in Gen.Choose(1, 2)
        from graphs in Gen.Choose(1, 6)
        from tasks in Gen.Choose(1, 40)
        from width in Gen.Choose(0, 6)
        from faults in Gen.Choose(0, (int)Faults.All)
        select new Scenario(seed)
        {
            Workers = workers,
            Threads = threads,
            Clients = clients,
            Graphs = graphs,
            TasksPerGraph = tasks,
            Width = width,
            Faults = (Faults)faults,
        };
}
