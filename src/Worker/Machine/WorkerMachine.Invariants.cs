using System.Runtime.CompilerServices;
using static TaskGraph.Worker.Machine.WorkerTaskState;

namespace TaskGraph.Worker.Machine;

/// <summary>What must hold between any two stimuli, recounted from the rows.</summary>
internal sealed partial class WorkerMachine
{
    /// <summary>Throws, with the story of the task concerned, if a table disagrees with another. For tests.</summary>
    public void AssertInvariants()
    {
        var counts = new int[_counts.Length];
        long stored = 0;
        var occupied = 0;
        var live = 0;
        var edges = 0;
        for (var row = 0; row < _tasks.RowLimit; row++)
        {
            ref var task = ref _tasks[row];
            if (task.State == Forgotten)
                continue;
            live++;
            counts[(int)task.State]++;
            stored += task.State == Memory ? task.Bytes : 0;
            occupied += RunningAs(in task) == Executing ? 1 : 0;
            edges += task.InputCount;
            Require(row, _tasks.Find(task.Id) == row, "the index names another row");
            AssertState(row);
            AssertEdges(row);
        }

        Require(live == _tasks.Count, "rows and index differ");
        Require(edges == _edges.Count, "edges are lost");
        Require(stored == StoredBytes, "stored bytes are wrong");
        Require(occupied == OccupiedCount, "occupied places are wrong");
        for (var i = 0; i < counts.Length; i++)
            Require(counts[i] == _counts[i] || i == (int)Forgotten, "a state's count is wrong");
        AssertRequests();
        AssertResidence();
    }

    private static WorkerTaskState RunningAs(in WorkerTask task) =>
        task.State is Cancelled or Resumed ? task.Previous : task.State;

    private void AssertState(int row)
    {
        ref var task = ref _tasks[row];
        switch (task.State)
        {
            case Waiting:
                Require(row, task.HasSpec && task.WaitingFor > 0, "waits for nothing");
                Require(row, task.WaitingFor == CountLacking(row), "its count of lacking parts is wrong");
                break;
            case Ready or Executing or LongRunning:
                Require(row, task.HasSpec, "has nothing to run");
                Require(row, CountLacking(row) == 0, "lacks an input");
                break;
            case Memory:
                Require(row, !task.HasSpec && task.InputCount == 0, "still holds inputs");
                Require(row, !task.FreeWhenUnused || task.DependentCount > 0, "was freed and is unused");
                break;
            case Fetch:
                Require(row, task.HolderCount > 0 && !task.HasSpec, "has no holder");
                Require(row, task.DependentCount > 0, "is fetched for nobody");
                break;
            case Missing:
                Require(row, task.HolderCount == 0 && task.DependentCount > 0, "is not missing, or needed by nobody");
                break;
            case Flight:
                Require(row, task.DependentCount > 0, "is fetched for nobody");
                break;
            case Cancelled:
                Require(row, !task.HasSpec && task.DependentCount == 0, "is cancelled and wanted");
                Require(row, task.Previous is Executing or LongRunning or Flight, "has nothing to end");
                break;
            case Resumed:
                Require(row, task.Next is Waiting or Fetch, "has no wish");
                Require(row, task.HasSpec == (task.Next == Waiting), "wish and spec differ");
                Require(row, task.Next == Waiting || task.DependentCount > 0, "is fetched for nobody");
                Require(row, task.Next == Waiting || task.Previous != Flight, "should simply be in flight");
                break;
            default:
                Require(row, false, "rests in a transient state");
                break;
        }
    }

    private int CountLacking(int row)
    {
        var lacking = _functions[_tasks[row].Function].State == FunctionState.Loaded ? 0 : 1;
        for (var edge = _tasks[row].FirstInput; edge >= 0; edge = _edges[edge].NextInput)
            lacking += _tasks[_edges[edge].Input].State == Memory ? 0 : 1;
        return lacking;
    }

    private void AssertEdges(int row)
    {
        ref var task = ref _tasks[row];
        var inputs = 0;
        for (var edge = task.FirstInput; edge >= 0; edge = _edges[edge].NextInput)
        {
            inputs++;
            Require(row, _edges[edge].Task == row, "an input edge belongs to another task");
            Require(row, _tasks[_edges[edge].Input].State != Forgotten, "an input is forgotten");
        }

        var dependents = 0;
        for (var edge = task.FirstDependent; edge >= 0; edge = _edges[edge].NextDependent)
        {
            dependents++;
            Require(row, _edges[edge].Input == row, "a dependent's edge belongs to another value");
        }

        Require(row, inputs == task.InputCount && dependents == task.DependentCount, "edge counts are wrong");
        Require(row, task.HasSpec || inputs == 0, "holds inputs and runs nothing");
    }

    private void AssertRequests()
    {
        long bytes = 0;
        var flying = 0;
        foreach (var request in _requests.Values)
        {
            bytes += request.Bytes;
            Require(request.Peer.IsAsked, "a peer does not know that it was asked");
            foreach (var row in request.Rows)
            {
                flying++;
                Require(row, RunningAs(in _tasks[row]) == Flight, "is asked for but not in flight");
            }
        }

        var expected = 0;
        for (var row = 0; row < _tasks.RowLimit; row++)
            expected += _tasks[row].State != Forgotten && RunningAs(in _tasks[row]) == Flight ? 1 : 0;
        Require(flying == expected, "something is in flight without a request");
        Require(bytes == _bytesInFlight, "bytes in flight are wrong");
        Require(_requests.Count <= Options.MaxRequests, "too many requests");
    }

    private void Require(int row, bool holds, string defect)
    {
        if (!holds)
        {
            ref var task = ref _tasks[row];
            throw new InvalidOperationException($"Task {task.Id} in {task.State} {defect}. Story:\n{Story(task.Id)}");
        }
    }

    private static void Require(bool holds, string defect, [CallerArgumentExpression(nameof(holds))] string rule = "")
    {
        if (!holds)
            throw new InvalidOperationException($"{defect}: {rule}");
    }
}
