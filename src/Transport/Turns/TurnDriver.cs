using System.Diagnostics;

namespace TaskGraph.Transport.Turns;

/// <summary>
/// Carries out turns one at a time. Whoever brings something takes the turn itself, which saves a change of threads
/// (5–10 µs, more than most turns last); after a few turns, or when one is due while nobody comes, a thread of the
/// driver's own goes on. Who comes while a turn is under way leaves a note and goes: one more turn follows.
/// </summary>
public sealed class TurnDriver
{
    /// <summary>Answer of a turn that left something waiting.</summary>
    public const long AtOnce = 0;

    /// <summary>Answer of the last turn.</summary>
    public const long Over = -1;

    // A visitor has its own work to go back to: the connection that it reads waits meanwhile.
    private const int MaxVisitorTurns = 3;

    private const int Idle = 0;
    private const int Busy = 1;
    private const int BusyAndNoted = 2;

    private readonly object _gate = new();
    private readonly ITurnTaker _taker;
    private readonly Thread _thread;
    private Exception? _failure;
    private int _state;
    private bool _isHandedOver;
    private bool _isOver;
    private long _dueUs = long.MaxValue;
    private long _sleepsUntilUs;

    /// <summary>A driver; call <see cref="Start"/> before anything else.</summary>
    /// <param name="taker">Takes the turns.</param>
    /// <param name="name">The name of the driver's thread.</param>
    public TurnDriver(ITurnTaker taker, string name)
    {
        _taker = taker;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    /// <summary>The clock of the due times: microseconds from any fixed start.</summary>
    public static long NowUs => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    /// <summary>Starts the driver's own thread, which takes a first turn.</summary>
    public void Start()
    {
        lock (_gate)
            _dueUs = NowUs;
        _thread.UnsafeStart();
    }

    /// <summary>Something has come: a turn is taken within this call, or follows the one that is under way.</summary>
    public void Drive()
    {
        if (!TryEnter())
            return;
        for (int i = 0; i < MaxVisitorTurns; i++)
        {
            bool hasMore = Turn();
            if (_isOver)
                break;
            if (!hasMore && TryLeave())
                return;
        }

        HandOver();
    }

    /// <summary>Something has come: the driver's own thread takes the turn, if none is under way.</summary>
    public void DriveLater()
    {
        if (TryEnter())
            HandOver();
    }

    private bool TryEnter()
    {
        if (Interlocked.Exchange(ref _state, BusyAndNoted) != Idle)
            return false;
        ForgetNote();
        return true;
    }

    /// <summary>False = somebody came since the last turn began.</summary>
    private bool TryLeave()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Busy) == Busy)
            return true;
        ForgetNote();
        return false;
    }

    // A full fence: the turn that follows must not look for arrivals before the note of them is wiped out, or an
    // arrival between the two would wait for the next one.
    private void ForgetNote() => Interlocked.Exchange(ref _state, Busy);

    /// <summary>Takes a turn; true = another is to follow at once.</summary>
    private bool Turn()
    {
        long due;
        try
        {
            due = _taker.TakeTurn();
        }
        catch (Exception e)
        {
            _failure = e;
            due = Over;
        }

        _isOver = due == Over;
        if (due <= AtOnce)
            return !_isOver;
        lock (_gate)
        {
            _dueUs = due;
            if (due < _sleepsUntilUs)
                Monitor.Pulse(_gate);
        }

        return false;
    }

    private void HandOver()
    {
        lock (_gate)
        {
            _isHandedOver = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (!_isOver)
        {
            if (!WaitForTurn())
                continue;
            TakeTurns();
        }

        // The claim is kept for ever: who comes now finds it taken.
        _taker.End(_failure);
    }

    private void TakeTurns()
    {
        while (!_isOver)
        {
            if (!Turn() && !_isOver && TryLeave())
                return;
        }
    }

    /// <summary>Sleeps until turns are handed over or one is due; false = another thread was faster.</summary>
    private bool WaitForTurn()
    {
        lock (_gate)
        {
            while (!_isHandedOver)
            {
                long waitUs = _dueUs - NowUs;
                if (waitUs <= 0)
                {
                    // Whoever is in a turn now says anew when the next is due.
                    _dueUs = long.MaxValue;
                    return TryEnter();
                }

                _sleepsUntilUs = _dueUs;
                if (_dueUs == long.MaxValue)
                    Monitor.Wait(_gate);
                else
                    Monitor.Wait(_gate, (int)Math.Min((waitUs + 999) / 1000, 60_000));
                _sleepsUntilUs = 0;
            }

            _isHandedOver = false;
            return true;
        }
    }
}
