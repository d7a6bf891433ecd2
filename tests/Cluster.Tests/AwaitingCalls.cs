using System.Linq.Expressions;
using Microsoft.Extensions.Logging.Abstractions;

namespace TaskGraph.Tests;

/// <summary>Every public call of a client, and of what it hands out, that waits: made with what a test holds.</summary>
internal static class AwaitingCalls
{
    /// <summary>All of them; a call is a tree, so that the method is known by more than its name.</summary>
    public static IReadOnlyList<AwaitingCall> All { get; } =
    [
        .. Asking(), .. Operating(), .. Waiting(), .. Moving(), .. Running(), .. Sharing(), .. Telling(), .. Actors(),
    ];

    private static AwaitingCall[] Asking() =>
    [
        new(h => Client.ConnectAsync(h.Options, default)),
        new(h => h.Client.SchedulerInfoAsync(default)),
        new(h => h.Client.WaitForWorkersAsync(9, null, default)),
        new(h => h.Client.WhoHasAsync(h.Any, default)),
        new(h => h.Client.HasWhatAsync(default)),
        new(h => h.Client.ProcessingAsync(default)),
        new(h => h.Client.BytesAsync(default)),
        new(h => h.Client.ThreadsAsync(default)),
        new(h => h.Client.CallStackAsync(null, default)),
        new(h => h.Client.VersionsAsync(null, default)),
        new(h => h.Client.SchedulerLogsAsync(default)),
        new(h => h.Client.LogsAsync(null, default)),
        new(h => h.Client.TaskPrefixesAsync(default)),
        new(h => h.Client.TaskGroupsAsync("", default)),
        new(h => h.Client.GetTaskStreamAsync(null, default)),
        new(h => h.Client.StoryAsync(h.Future, default)),
        new(h => h.Client.StoryAsync("a key", default)),
        new(h => h.Client.DumpStateAsync(h.DumpPath, default)),
    ];

    private static AwaitingCall[] Operating() =>
    [
        new(h => h.Client.CancelAsync(h.Any, "", false, default)),
        new(h => h.Future.CancelAsync("", default)),
        new(h => h.Client.RetryAsync(h.Any, default)),
        new(h => h.Future.RetryAsync(default)),
        new(h => h.Client.ReplicateAsync(h.Any, 2, default)),
        new(h => h.Client.RebalanceAsync(default)),
        new(h => h.Client.RetireWorkersAsync(new[] { "tasks" }, default)),
        new(h => h.Client.RetireWorkersAsync(1, default)),
        new(h => h.Client.RestartAsync(null, default)),
        new(h => h.Client.RestartWorkersAsync(new[] { "tasks" }, null, default)),
        new(h => h.Client.ShutdownAsync("", default)),
    ];

    private static AwaitingCall[] Waiting() =>
    [
        new(h => h.Future.ResultAsync(default)),
        new(h => h.Future.ResultAsync(TimeSpan.FromMinutes(1), default)),
        new(h => h.Future.ExceptionAsync(default)),
        new(h => h.Future.Reports(default)),
        new(h => h.Client.AsCompleted(h.Futures, default)),
        new(h => h.Stream.GetAsyncEnumerator(default)),
        new(h => h.Stream.BatchesAsync(default)),
        new(h => h.Stream.ValuesAsync(GatherErrors.Skip, default)),
        new(h => h.Client.WhenAllAsync(h.Futures, default)),
        new(h => h.Client.WaitAsync(h.Futures, WaitFor.First, null, default)),
        new(h => h.Client.ProgressAsync(h.Any, new Progress<ProgressReport>(), default)),
    ];

    private static AwaitingCall[] Moving() =>
    [
        new(h => h.Client.GatherAsync(h.Futures, default)),
        new(h => h.Client.GatherAsync(h.Futures, GatherErrors.Skip, default)),
        new(h => h.Client.GatherAsync(h.ByName, default)),
        new(h => h.Client.GatherAsync<int>(h.Rows, default)),
        // Data is put on workers, which needs no scheduler until it is copied further.
        new(h => h.Client.ScatterAsync(1, null, default), EndsWithoutScheduler: true),
        new(h => h.Client.ScatterAsync<int>(new[] { 1 }, (string[]?)null, default), EndsWithoutScheduler: true),
        new(h => h.Client.ScatterAsync<int>(new[] { 1 }, new ScatterOptions { Broadcast = true }, default)),
    ];

    private static AwaitingCall[] Running() =>
    [
        new(h => h.Client.RunAsync(LostScheduler.Number, null, RunFailure.Raise, default)),
        new(h => h.Client.RunAsync<int>(LostScheduler.NumberAsync, null, RunFailure.Ignore, default)),
        new(h => h.Client.RunAsync(LostScheduler.Nothing, null, RunFailure.Raise, default)),
        new(h => h.Client.RunOutcomesAsync(LostScheduler.Number, null, default)),
        new(h => h.Client.RunOutcomesAsync<int>(LostScheduler.NumberAsync, null, default)),
        new(h => h.Client.RunOnSchedulerAsync(LostScheduler.Number, default)),
        new(h => h.Client.RunOnSchedulerAsync<int>(LostScheduler.NumberAsync, default)),
        new(h => h.Client.RunOnSchedulerAsync(LostScheduler.Nothing, default)),
    ];

    private static AwaitingCall[] Sharing() =>
    [
        new(h => h.Client.Queue<int>("queue", 0).PutAsync(1, null, default)),
        new(h => h.Client.Queue<int>("queue", 0).GetAsync(null, default)),
        new(h => h.Client.Queue<int>("queue", 0).GetManyAsync(2, null, default)),
        new(h => h.Client.Queue<int>("queue", 0).CountAsync(default)),
        new(h => h.Client.Queue<int>("queue", 0).DeleteAsync(default)),
        new(h => h.Client.Variable<int>("variable").SetAsync(1, default)),
        new(h => h.Client.Variable<int>("variable").GetAsync(null, default)),
        new(h => h.Client.Variable<int>("variable").DeleteAsync(default)),
        new(h => h.Client.Event("event").SetAsync(default)),
        new(h => h.Client.Event("event").ClearAsync(default)),
        new(h => h.Client.Event("event").WaitAsync(null, default)),
        new(h => h.Client.Event("event").IsSetAsync(default)),
        new(h => h.Client.Lock("lock", null).AcquireAsync(null, default)),
        new(h => h.Client.Lock("lock", null).IsLockedAsync(default)),
        new(h => h.Client.Semaphore("semaphore", 2, null).AcquireAsync(null, default)),
        new(h => h.Client.Semaphore("semaphore", 2, null).CountAsync(default)),
        new(h => h.Client.Semaphore("semaphore", 2, null).DeleteAsync(default)),
        new(h => h.Client.MultiLock(new[] { "lock" }, null).AcquireAsync(null, default)),
        new(h => h.Client.MultiLock(new[] { "lock" }, null).AcquireAsync(1, null, default)),
        // A client without a scheduler holds no leases any more, which says more.
        new(h => h.Kept.RefreshAsync(default), After: typeof(LeaseLostException)),
        // It was given back before: the second time there is nothing to be done.
        new(h => h.GivenBack.ReleaseAsync(default), After: typeof(void)),
    ];

    private static AwaitingCall[] Telling() =>
    [
        new(h => h.Client.PublishDatasetAsync("dataset", 1, false, default)),
        new(h => h.Client.GetDatasetAsync<int>("dataset", default)),
        new(h => h.Client.ListDatasetsAsync(default)),
        new(h => h.Client.UnpublishDatasetAsync("dataset", default)),
        new(h => h.Client.SetMetadataAsync("path", 1, default)),
        new(h => h.Client.GetMetadataAsync<int>("path", default)),
        new(h => h.Client.GetMetadataAsync("path", 1, default)),
        new(h => h.Client.ListMetadataAsync("", default)),
        new(h => h.Client.DeleteMetadataAsync("path", default)),
        new(h => h.Client.LogEventAsync("topic", 1, default)),
        new(h => h.Client.GetEventsAsync<int>("topic", default)),
        new(h => h.Client.SubscribeTopicAsync<int>("topic", _ => LostScheduler.Nothing(), default)),
        new(h => h.Client.ForwardOutputAsync(TextWriter.Null, default)),
        new(h => h.Client.ForwardLogsAsync(NullLogger.Instance, default)),
    ];

    private static AwaitingCall[] Actors() =>
    [
        new(h => h.Actor.CallAsync(LostScheduler.WaitAsync, default)),
        new(h => h.Actor.CallAsync<int>(LostScheduler.WaitedAsync, default)),
        new(h => h.Actor.CallAsync(LostScheduler.CountOf, default)),
        new(h => h.Actor.CallAsync(LostScheduler.Clear, default)),
        new(h => h.Actor.CallAsync<int>(LostScheduler.WaitMoreAsync, 1, default)),
        new(h => h.Actor.CallAsync<int, int>(LostScheduler.WaitedMoreAsync, 1, default)),
        new(h => h.Actor.CallAsync<int, int>(LostScheduler.Added, 1, default)),
        new(h => h.Actor.CallAsync<int>(LostScheduler.Add, 1, default)),
    ];
}
