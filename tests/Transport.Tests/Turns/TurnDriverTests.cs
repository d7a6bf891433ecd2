using TaskGraph.Transport.Turns;

namespace Transport.Tests.Turns;

public class TurnDriverTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Counts what was brought and taken, and tells what the driver may not do.</summary>
    private sealed class Taker : ITurnTaker
    {
        private readonly Func<int, long> _answer;
        private readonly TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<Exception?> _ended = new(
            TaskCreationOptions.RunContinuationsAsynchronously);
        private int _inside;
        private int _brought;
        private int _turns;

        public Taker(Func<int, long>? answer = null)
        {
            _answer = answer ?? (static _ => long.MaxValue);
            Driver = new TurnDriver(this, "test");
        }

        public TurnDriver Driver { get; }

        public int Taken { get; private set; }

        public int WantedCount { get; init; } = int.MaxValue;

        public bool Overlapped { get; private set; }

        public int EndCount { get; private set; }

        public List<Thread> Threads { get; } = [];

        public Task Wanted => _wanted.Task.WaitAsync(s_limit);

        public Task<Exception?> Ended => _ended.Task.WaitAsync(s_limit);

        public void Bring()
        {
            Interlocked.Increment(ref _brought);
            Driver.Drive();
        }

        public long TakeTurn()
        {
            Overlapped |= Interlocked.Exchange(ref _inside, 1) != 0;
            Threads.Add(Thread.CurrentThread);
            Taken += Interlocked.Exchange(ref _brought, 0);
            long due = _answer(++_turns);
            if (Taken >= WantedCount)
                _wanted.TrySetResult();
            Volatile.Write(ref _inside, 0);
            return due;
        }

        public void End(Exception? failure)
        {
            EndCount++;
            _ended.TrySetResult(failure);
        }
    }

    [Fact]
    public async Task Turns_never_overlap_and_nothing_that_was_brought_is_left_behind()
    {
        var taker = new Taker { WantedCount = 40_000 };
        taker.Driver.Start();
        var bringers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
                taker.Bring();
        }));
        await Task.WhenAll(bringers);
        await taker.Wanted;
        Assert.Equal(40_000, taker.Taken);
        Assert.False(taker.Overlapped);
    }

    [Fact]
    public async Task A_turn_that_is_due_is_taken_though_nobody_comes()
    {
        var taker = new Taker(static turn => turn < 3 ? TurnDriver.NowUs + 1 : TurnDriver.Over);
        taker.Driver.Start();
        Assert.Null(await taker.Ended);
        Assert.Equal(3, taker.Threads.Count);
    }

    [Fact]
    public async Task Turns_that_do_not_end_are_handed_over_to_the_drivers_own_thread()
    {
        var taker = new Taker(static turn => turn < 50 ? TurnDriver.AtOnce : TurnDriver.Over);
        taker.Driver.Start();
        taker.Bring();
        Assert.Null(await taker.Ended);
        Assert.NotSame(Thread.CurrentThread, taker.Threads[^1]);
        Assert.Equal(50, taker.Threads.Count);
    }

    [Fact]
    public async Task A_turn_that_throws_is_the_last()
    {
        var taker = new Taker(static _ => throw new InvalidOperationException("inconsistent"));
        taker.Driver.Start();
        Assert.Equal("inconsistent", (await taker.Ended)!.Message);
        taker.Bring();
        Assert.Equal(1, taker.EndCount);
        Assert.Single(taker.Threads);
    }
}
