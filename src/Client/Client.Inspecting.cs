using System.Runtime.InteropServices;
using System.Text.Json;

namespace TaskGraph;

/// <summary>What a process of the cluster runs on.</summary>
/// <param name="Build">The version of this library.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="System">Operating system and architecture.</param>
public sealed record ProcessVersions(string Build, string Runtime, string System)
{
    /// <summary>Those of this process.</summary>
    public static ProcessVersions Current => new(
        typeof(TaskContext).Assembly.GetName().Version?.ToString() ?? "",
        RuntimeInformation.FrameworkDescription,
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}");
}

// Looking at what workers hold and do.
public sealed partial class Client
{
    /// <summary>
    /// The keys of the results that each worker holds, by the worker's name. Read in pieces while work goes on: not one
    /// instant's picture.
    /// </summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> HasWhatAsync(
        CancellationToken cancellationToken = default)
        => KeysByWorkerAsync(
            static task => task.TryGetProperty("holders", out var holders)
                ? holders.EnumerateArray().Select(static holder => holder.GetString()!)
                : [],
            cancellationToken);

    /// <summary>The keys of the tasks that each worker has been given and not finished, by the worker's name.</summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ProcessingAsync(
        CancellationToken cancellationToken = default)
        => KeysByWorkerAsync(
            static task => task.TryGetProperty("worker", out var worker) ? [worker.GetString()!] : [],
            cancellationToken);

    /// <summary>The bytes of every result, by key.</summary>
    public async Task<IReadOnlyDictionary<string, long>> BytesAsync(CancellationToken cancellationToken = default)
    {
        var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
        await ForEachTaskAsync(
            task =>
            {
                if (task.TryGetProperty("bytes", out var size))
                    bytes[task.GetProperty("key").GetString()!] = size.GetInt64();
            },
            cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    /// <summary>The threads of each worker, by its name.</summary>
    public async Task<IReadOnlyDictionary<string, int>> ThreadsAsync(CancellationToken cancellationToken = default)
    {
        var info = await SchedulerInfoAsync(cancellationToken).ConfigureAwait(false);
        return info.Workers.ToDictionary(static worker => worker.Name, static worker => worker.Threads);
    }

    /// <summary>
    /// What runs on each worker at the moment, by the worker's address: key, function, for how long, and where. A .NET
    /// process cannot walk the stacks of its own running threads, so the frames inside a function are not to be had
    /// (attach <c>dotnet-stack report</c> to the worker's process for those).
    /// </summary>
    /// <param name="workers">Names or addresses; null = all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<IReadOnlyDictionary<string, RunningTask[]>> CallStackAsync(
        IReadOnlyList<string>? workers = null, CancellationToken cancellationToken = default)
        => RunAsync(
            static () => TaskContext.Current is { } context ? context.RunningTasks.ToArray() : [],
            workers,
            cancellationToken: cancellationToken);

    /// <summary>The versions that the workers run on, by address.</summary>
    /// <param name="workers">Names or addresses; null = all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<IReadOnlyDictionary<string, ProcessVersions>> VersionsAsync(
        IReadOnlyList<string>? workers = null, CancellationToken cancellationToken = default)
        => RunAsync(static () => ProcessVersions.Current, workers, cancellationToken: cancellationToken);

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> KeysByWorkerAsync(
        Func<JsonElement, IEnumerable<string>> workersOf, CancellationToken cancellation)
    {
        var info = await SchedulerInfoAsync(cancellation).ConfigureAwait(false);
        var keys = info.Workers.ToDictionary(static worker => worker.Name, static _ => new List<string>());
        await ForEachTaskAsync(
            task =>
            {
                foreach (var worker in workersOf(task))
                {
                    if (!keys.TryGetValue(worker, out var its))
                        keys.Add(worker, its = []);
                    its.Add(task.GetProperty("key").GetString()!);
                }
            },
            cancellation).ConfigureAwait(false);
        return keys.ToDictionary(static pair => pair.Key, static pair => (IReadOnlyList<string>)pair.Value);
    }

    private async Task ForEachTaskAsync(Action<JsonElement> see, CancellationToken cancellation)
    {
        for (var from = 0; from >= 0;)
        {
            var reply = await DumpAsync("", from, cancellation).ConfigureAwait(false);
            using var tasks = JsonDocument.Parse(reply.Json);
            foreach (var task in tasks.RootElement.EnumerateArray())
                see(task);
            from = reply.Next;
        }
    }
}
