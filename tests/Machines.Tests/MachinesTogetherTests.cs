using FsCheck;
using FsCheck.Fluent;
using Machines.Tests.Simulation;

namespace Machines.Tests;

/// <summary>Scheduler, workers and clients together, in virtual time, with everything going wrong that can.</summary>
public class MachinesTogetherTests
{
    private const int FixedSeeds = 500;

    [Fact]
    public void Every_wanted_task_ends_as_the_serial_evaluator_says_and_nothing_is_left_on_fixed_seeds()
    {
        for (var seed = 0; seed < FixedSeeds; seed++)
            Assert.True(Player.Play(Scenario.OfSeed(seed)) > 0);
    }

    [Fact]
    public void Every_wanted_task_ends_as_the_serial_evaluator_says_whatever_the_graph_and_the_faults() =>
        Prop.ForAll(AnyScenario().ToArbitrary(), scenario => Player.Play(scenario) > 0)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Equal_scenarios_run_the_same_way_event_by_event()
    {
        var scenario = Scenario.OfSeed(7) with { Faults = Faults.All & ~Faults.ClientCuts, Clients = 2, Graphs = 5 };
        Assert.Equal(Player.Play(scenario), Player.Play(scenario));
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
            Faults = (Faults)faults & ~Faults.ClientCuts,
        };
}
