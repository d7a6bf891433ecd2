using TaskGraph;
using TaskGraph.Messages;
using TaskGraph.Worker.Machine;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace Worker.Tests.Machine;

public class InputsAheadTests
{
    [Fact]
    public void Inputs_that_came_ahead_stand_in_front_of_those_that_come_with_the_task()
    {
        var bed = new MachineBed();
        bed.Do(machine => machine.Handle(Ahead(1, attempt: 1, first: 0, 10, 11), bed.NowUs));
        bed.Do(machine => machine.Handle(Ahead(1, attempt: 1, first: 2, 12), bed.NowUs));
        Compute(bed, attempt: 1, before: 3, (13, [1]));

        Assert.Equal(Waiting, bed.State(1));
        var request = bed.LastRequest();
        Assert.Equal([10, 11, 12, 13], request.Tasks.Select(task => task.Index).Order());
        bed.Answer(request, FetchStatus.Found);
        Assert.Equal(Executing, bed.State(1));
        Assert.Equal([10, 11, 12, 13], InputsOf(bed));
    }

    [Fact]
    public void Inputs_of_an_earlier_dispatch_are_dropped_when_those_of_the_next_begin()
    {
        var bed = new MachineBed();
        bed.Do(machine => machine.Handle(Ahead(1, attempt: 1, first: 0, 10, 11), bed.NowUs));
        bed.Do(machine => machine.Handle(Ahead(1, attempt: 2, first: 0, 12), bed.NowUs));
        bed.Do(machine => machine.Handle(Ahead(1, attempt: 1, first: 2, 13), bed.NowUs));
        Compute(bed, attempt: 2, before: 1);
        bed.Answer(bed.LastRequest(), FetchStatus.Found);

        Assert.Equal([12], InputsOf(bed));
    }

    [Fact]
    public void A_task_without_all_inputs_that_were_to_come_ahead_fails()
    {
        var bed = new MachineBed();
        bed.Do(machine => machine.Handle(Ahead(1, attempt: 1, first: 0, 10), bed.NowUs));

        Compute(bed, attempt: 1, before: 2, (13, [1]));

        Assert.Contains("2 inputs", bed.Failed.Single().Error.Message, StringComparison.Ordinal);
        Assert.Equal(0, bed.Machine.TaskCount);
    }

    [Fact]
    public void A_dispatch_that_is_said_twice_needs_its_inputs_ahead_once()
    {
        var bed = new MachineBed();
        bed.Do(machine => machine.Handle(Ahead(1, attempt: 1, first: 0, 10, 11), bed.NowUs));
        Compute(bed, attempt: 1, before: 2);
        Compute(bed, attempt: 1, before: 2);
        bed.Answer(bed.LastRequest(), FetchStatus.Found);
        Compute(bed, attempt: 1, before: 2);

        Assert.Equal(Executing, bed.State(1));
        Assert.Equal([10, 11], InputsOf(bed));
    }

    private static void Compute(MachineBed bed, int attempt, int before, params (int Task, int[] Holders)[] inputs)
    {
        var message = MachineBed.Message(1, attempt, priority: 0, inputs);
        message.InputsBefore.Add(before);
        bed.Do(machine => machine.Handle(message, bed.NowUs));
    }

    private static ComputeInputs Ahead(int task, int attempt, int first, params int[] inputs)
    {
        var message = new ComputeInputs { Task = MachineBed.T(task), Attempt = attempt, FirstInput = first };
        foreach (var input in inputs)
        {
            message.Dependencies.Add(MachineBed.T(input));
            message.DependencyBytes.Add(100);
            message.Holders.Add(1);
            message.HolderEnds.Add(message.Holders.Count);
        }

        return message;
    }

    private static int[] InputsOf(MachineBed bed)
    {
        var row = bed.LastRun(1).Row;
        var inputs = new TaskId[bed.Machine.Row(row).InputCount];
        bed.Machine.CopyInputs(row, inputs);
        return [.. inputs.Select(input => input.Index)];
    }
}
