using TaskGraph;
using TaskGraph.Worker.Execution;
using Worker.Tests.Server;

namespace Worker.Tests.Execution;

/// <summary>What a nanny sees of the runs of its child.</summary>
public class RunBoardTests
{
    private static readonly SemaphoreSlim s_started = new(0);
    private static readonly SemaphoreSlim s_go = new(0);

    [Fact]
    public void What_a_process_runs_is_seen_by_another_whose_file_it_takes_away()
    {
        using var nanny = RunBoard.TryCreate()!;
        Assert.Null(nanny.Read());
        using var child = RunBoard.TryOpen(nanny.Path)!;
        Assert.False(File.Exists(nanny.Path));

        var first = child.Enter(Tasks.T(1));
        child.Enter(Tasks.T(2));
        child.Leave(first);
        child.Enter(Tasks.T(3));

        Assert.Equal([Tasks.T(2), Tasks.T(3)], nanny.Read()!.OrderBy(static task => task.Index));
    }

    [Fact]
    public void With_more_runs_than_there_is_room_for_nothing_is_claimed()
    {
        using var board = RunBoard.TryOpen(RunBoard.TryCreate()!.Path)!;
        for (var i = 0; i < 300; i++)
            board.Leave(board.Enter(Tasks.T(i)));
        Assert.Empty(board.Read()!);

        for (var i = 0; i < 300; i++)
            board.Enter(Tasks.T(i));
        Assert.Null(board.Read());
    }

    [Fact]
    public void A_board_that_is_not_there_is_none()
        => Assert.Null(RunBoard.TryOpen(Path.Combine(Path.GetTempPath(), "taskgraph-no-board")));

    [Fact]
    public async Task A_run_is_on_the_board_from_its_start_until_its_code_has_returned()
    {
        using var board = RunBoard.TryOpen(RunBoard.TryCreate()!.Path)!;
        using var bed = new ExecutorBed(board: board);
        var blocking = bed.Run(static () => Wait());
        await s_started.WaitAsync();
        var queued = bed.Run(static () => 1);
        Assert.Equal([blocking.Task], board.Read());
        s_go.Release();
        Assert.Same(blocking, await bed.EndedAsync());
        Assert.Same(queued, await bed.EndedAsync());

        var awaiting = bed.Run(static async () => await WaitAsync());
        await s_started.WaitAsync();
        Assert.Equal([awaiting.Task], board.Read());
        s_go.Release();
        Assert.Same(awaiting, await bed.EndedAsync());
        var last = bed.Run(static () => 1);
        Assert.Same(last, await bed.EndedAsync());
        Assert.DoesNotContain(awaiting.Task, board.Read()!);
    }

    private static int Wait()
    {
        s_started.Release();
        s_go.Wait();
        return 1;
    }

    private static async Task<int> WaitAsync()
    {
        s_started.Release();
        await s_go.WaitAsync();
        return 1;
    }
}
