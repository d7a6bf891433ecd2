using System.Diagnostics;

namespace TaskGraph.Worker.Execution;

/// <content>
/// What a thread does that has nothing to run. To wake one takes as long as a tiny run's end takes to the scheduler and the
/// next run back. So where tiny runs come one by one, one thread, the lookout, looks for the next a while before it sleeps, and
/// yields to whoever else wants the processor.
/// </content>
internal sealed partial class TaskExecutor
{
    // A trip by way of the client, who submits the next run when it has the last one's value.
    private const long LookoutUs = 300;

    private static readonly bool s_hasOtherProcessors = Environment.ProcessorCount > 1;

    private bool _isLookoutOut;
    private bool _pays;
    private int _broughtCount;
    private volatile bool _isCalled;

    /// <summary>Waits for work, holding the gate before and after.</summary>
    private void Idle()
    {
        var start = Stopwatch.GetTimestamp();
        if (_pays && _pace == EndPace.Batch && _broughtCount <= _slots && !_isLookoutOut && !_isClosed)
        {
            LookOut(start);
            return;
        }

        _idle++;
        Monitor.Wait(_gate);
        _idle--;
        _pays = s_hasOtherProcessors && Stopwatch.GetElapsedTime(start).TotalMicroseconds < LookoutUs;
    }

    private void LookOut(long start)
    {
        _isLookoutOut = true;
        _isCalled = false;
        Monitor.Exit(_gate);
        while (!_isCalled && Stopwatch.GetElapsedTime(start).TotalMicroseconds < LookoutUs)
        {
            Thread.SpinWait(20);
            Thread.Yield();
        }

        Monitor.Enter(_gate);
        _isLookoutOut = false;
        _pays = _isCalled;
    }

    /// <summary>Notes how many runs have come, and tells the lookout; returns how many need no waking for it.</summary>
    private int CallLookout(int brought)
    {
        _broughtCount = brought;
        if (!_isLookoutOut || _isCalled)
            return 0;
        _isCalled = true;
        return 1;
    }
}
