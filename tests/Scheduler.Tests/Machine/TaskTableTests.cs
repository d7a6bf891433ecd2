using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class TaskTableTests
{
    private readonly TaskTable _tasks = new();
    private readonly EdgeTable _edges = new();

    [Fact]
    public void Once_no_task_is_left_rows_are_given_out_from_the_first_one_in_order()
    {
        AllocateRows(10);
        foreach (int task in (int[])[3, 9, 0, 5, 1, 8, 2, 7, 6, 4])
            _tasks.Free(task);

        Assert.Equal(Enumerable.Range(0, 12), AllocateRows(12));
        Assert.Equal(12, _tasks.HighWater);
    }

    [Fact]
    public void A_row_that_is_given_out_anew_has_another_generation()
    {
        int task = _tasks.Allocate();
        byte before = _tasks[task].Generation;
        _tasks.Free(task);

        Assert.Equal(task, _tasks.Allocate());
        Assert.NotEqual(before, _tasks[task].Generation);
    }

    [Fact]
    public void While_a_task_is_left_its_row_is_not_given_out()
    {
        AllocateRows(10);
        for (int task = 9; task > 0; task--)
            _tasks.Free(task);

        Assert.DoesNotContain(0, AllocateRows(20));
    }

    [Fact]
    public void Once_no_edge_is_left_they_are_given_out_side_by_side()
    {
        int[] sizes = [2, 3, 1, 40, 2];
        int[] before = AllocateEdges(sizes);
        foreach (int i in (int[])[4, 0, 3, 1, 2])
            _edges.Free(before[i], sizes[i]);

        Assert.Equal(before, AllocateEdges(sizes));
        Assert.Equal(48, _edges.Count);
    }

    [Fact]
    public void While_an_edge_is_left_it_is_not_given_out()
    {
        int[] blocks = AllocateEdges([2, 2, 2]);
        _edges.Free(blocks[2], 2);
        _edges.Free(blocks[0], 2);

        Assert.DoesNotContain(blocks[1], AllocateEdges([2, 2, 2, 2]));
    }

    private int[] AllocateRows(int count) => [.. Enumerable.Range(0, count).Select(_ => _tasks.Allocate())];

    private int[] AllocateEdges(int[] sizes) => Array.ConvertAll(sizes, _edges.Allocate);
}
