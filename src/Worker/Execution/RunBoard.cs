using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace TaskGraph.Worker.Execution;

/// <summary>
/// What a worker process runs at the moment, in memory that it shares with its nanny: it is still there when the process has been
/// killed, so only the tasks that ran then are suspected of that. The process removes the file's name when it has opened it.
/// </summary>
internal sealed unsafe class RunBoard : IDisposable
{
    private const int MaxEntries = 255;
    private const string SharedMemory = "/dev/shm";

    private readonly Lock _gate = new();
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Entry* _entries;
    private readonly Stack<int> _free = new(Enumerable.Range(1, MaxEntries).Reverse());

    private RunBoard(MemoryMappedFile file, string path)
    {
        Path = path;
        _file = file;
        _view = file.CreateViewAccessor(0, (MaxEntries + 1) * sizeof(Entry));
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _entries = (Entry*)(start + _view.PointerOffset);
    }

    /// <summary>
    /// The first one is no run's: its <see cref="Index"/> says that the board is in use, its <see cref="IsRunning"/> that there was
    /// not room for all.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public ulong Submission;
        public int Index;
        public int IsRunning;
    }

    /// <summary>Where the process that is to write finds it.</summary>
    public string Path { get; }

    /// <summary>A new one, for a child; null where there can be none: then nothing is known of what ran.</summary>
    public static RunBoard? TryCreate()
    {
        var folder = Directory.Exists(SharedMemory) ? SharedMemory : System.IO.Path.GetTempPath();
        var path = System.IO.Path.Combine(folder, $"taskgraph-runs-{Guid.NewGuid():n}");
        try
        {
            var file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, null, (MaxEntries + 1) * sizeof(Entry));
            return new RunBoard(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The one that the nanny has made; null if it is not there.</summary>
    public static RunBoard? TryOpen(string? path)
    {
        if (string.IsNullOrEmpty(path))
            return null;
        try
        {
            var board = new RunBoard(MemoryMappedFile.CreateFromFile(path, FileMode.Open), path);
            TryDelete(path);
            board._entries[0].Index = 1;
            return board;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A run begins; returns what to give to <see cref="Leave"/>.</summary>
    public int Enter(TaskId task)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var entry))
            {
                _entries[0].IsRunning = 1;
                return 0;
            }

            _entries[entry].Submission = task.Submission;
            _entries[entry].Index = task.Index;
            Volatile.Write(ref _entries[entry].IsRunning, 1);
            return entry;
        }
    }

    /// <summary>Its code has returned.</summary>
    public void Leave(int entry)
    {
        if (entry == 0)
            return;
        lock (_gate)
        {
            Volatile.Write(ref _entries[entry].IsRunning, 0);
            _free.Push(entry);
        }
    }

    /// <summary>What runs; null = that is not known: the child has not opened it, or there was no room for all.</summary>
    public IReadOnlyList<TaskId>? Read()
    {
        if (_entries[0] is not { Index: 1, IsRunning: 0 })
            return null;
        var tasks = new List<TaskId>();
        for (var i = 1; i <= MaxEntries; i++)
        {
            if (Volatile.Read(ref _entries[i].IsRunning) != 0)
                tasks.Add(new TaskId(_entries[i].Submission, _entries[i].Index));
        }

        return tasks;
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        TryDelete(Path);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its maker deletes it when the child has ended.
        }
    }
}
