using System.Diagnostics;

namespace TaskGraph;

// Watching many futures come in.
public sealed partial class Client
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Futures in the order in which they end, singly, in batches or with their values; more can be added while the stream
    /// is read.
    /// </summary>
    /// <param name="futures">The first ones.</param>
    /// <param name="timeout">How long reading may wait in all, counted from now; null = no limit.</param>
    public CompletionStream<T> AsCompletedStream<T>(IEnumerable<Future<T>>? futures = null, TimeSpan? timeout = null)
    {
        var stream = new CompletionStream<T>(this, timeout);
        stream.Add(futures ?? []);
        return stream;
    }

    /// <summary>Waits until all have ended, well or not, and tells how far they are ten times a second.</summary>
    /// <param name="futures">What to watch.</param>
    /// <param name="progress">Who is told; null = a <see cref="ConsoleProgressBar"/> on standard error.</param>
    /// <param name="cancellationToken">Gives up watching; the tasks go on.</param>
    /// <exception cref="SchedulerLostException">There is no scheduler any more, and not all had ended.</exception>
    public async Task ProgressAsync(
        IEnumerable<IFuture> futures, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellationToken = default)
    {
        IFuture[] all = [.. futures];
        progress ??= new ConsoleProgressBar();
        var start = Stopwatch.GetTimestamp();
        var feed = new CompletionFeed(wantsOrder: false, stopsAtFailure: false);
        foreach (var future in all)
        {
            var (handle, slot) = ((IHasFutureHandle)future).Place;
            feed.Add(handle, slot);
        }
        lock (_gate)
            feed.Start();
        try
        {
            var told = Tell(progress, all, start);
            while (told.Pending > 0)
            {
                SecedeIfTask();
                await Task.WhenAny(feed.All, Task.Delay(s_reportInterval, cancellationToken)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                told = Tell(progress, all, start);
            }
            foreach (var future in all)
                ThrowIfSchedulerLost(((IHasFutureHandle)future).Place.Handle, ((IHasFutureHandle)future).Place.Slot);
        }
        finally
        {
            Unwatch(feed);
        }
    }

    /// <summary>Calls <paramref name="observer"/> once, when the task has ended or at once if it has.</summary>
    internal void ObserveEnd(FutureHandle handle, int slot, IFutureObserver observer)
    {
        lock (_gate)
        {
            if (handle.Set[slot].Status == FutureStatus.Pending)
                handle.Set.ObserveNext(slot, observer);
            else
                observer.On(handle.Set, slot, FutureNews.Settled);
        }
    }

    private static ProgressReport Tell(IProgress<ProgressReport> progress, IFuture[] futures, long start)
    {
        var finished = 0;
        var failed = 0;
        foreach (var future in futures)
        {
            var status = future.Status;
            if (status == FutureStatus.Finished)
                finished++;
            else if (status != FutureStatus.Pending)
                failed++;
        }
        var report = new ProgressReport(futures.Length, finished, failed, Stopwatch.GetElapsedTime(start));
        progress.Report(report);
        return report;
    }
}
