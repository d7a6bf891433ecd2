using System.Globalization;
using System.Security.Cryptography;

namespace TaskGraph.Scheduler.Journal;

/// <summary>
/// The directory that survives a scheduler: the journal (<c>journal-N.log</c>, the newest counts, the one before is
/// kept), the epoch, and a lock so that two schedulers cannot share it.
/// </summary>
internal sealed class StateDirectory : IDisposable
{
    private const string Prefix = "journal-";
    private readonly string _path;
    private readonly FileStream _lock;

    private StateDirectory(string path, FileStream @lock) => (_path, _lock) = (path, @lock);

    /// <summary>Opens the directory, makes it if need be, and takes the lock.</summary>
    /// <exception cref="JournalException">Another scheduler uses it, or it cannot be written to.</exception>
    public static StateDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            FileStream @lock = new(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new StateDirectory(path, @lock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"The state directory {path} cannot be used (does another scheduler use it?): {e.Message}", e);
        }
    }

    /// <summary>
    /// The next epoch of this cluster, written down before it is used: the upper half is the cluster, drawn once; the
    /// lower counts the starts.
    /// </summary>
    public ulong NextEpoch()
    {
        string path = Path.Combine(_path, "epoch");
        ulong last = File.Exists(path)
            && ulong.TryParse(File.ReadAllText(path), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong read)
                ? read
                : (ulong)RandomNumberGenerator.GetInt32(1, int.MaxValue) << 32;
        ulong next = last + 1;
        Replace(path, System.Text.Encoding.ASCII.GetBytes(next.ToString("x16", CultureInfo.InvariantCulture)));
        return next;
    }

    /// <summary>Replays the newest journal through <paramref name="handle"/> and opens it for more.</summary>
    /// <returns>The file, at its end, and how many torn bytes were cut off.</returns>
    public (FileStream File, long Cut) OpenJournal(RecordHandler handle)
    {
        foreach (string leftover in Directory.GetFiles(_path, "*.tmp"))
            File.Delete(leftover);
        ulong generation = Newest();
        if (generation == 0)
            return (Create(1, static _ => { }), 0);
        FileStream file = new(NameOf(generation), FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        long whole = JournalReader.Read(file, file.Name, handle);
        long cut = file.Length - whole;
        file.SetLength(whole);
        file.Position = whole;
        return (file, cut);
    }

    /// <summary>
    /// Makes the journal of the generation after <paramref name="old"/>: written whole under another name, then renamed.
    /// The one before the old one is deleted.
    /// </summary>
    public FileStream CreateNext(FileStream old, Action<FileStream> write)
    {
        ulong generation = GenerationOf(old.Name);
        FileStream next = Create(generation + 1, write);
        old.Dispose();
        if (generation > 1 && File.Exists(NameOf(generation - 1)))
            File.Delete(NameOf(generation - 1));
        return next;
    }

    public void Dispose() => _lock.Dispose();

    private FileStream Create(ulong generation, Action<FileStream> write)
    {
        string temporary = NameOf(generation) + ".tmp";
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            file.Write(JournalFormat.Header(generation));
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, NameOf(generation));
        SyncDirectory();
        FileStream renamed = new(NameOf(generation), FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        renamed.Position = renamed.Length;
        return renamed;
    }

    private void Replace(string path, byte[] content)
    {
        using (FileStream file = new(path + ".tmp", FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".tmp", path, overwrite: true);
        SyncDirectory();
    }

    // A rename is safe when the directory itself is on disk; .NET opens directories only where the system lets it.
    private void SyncDirectory()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using Microsoft.Win32.SafeHandles.SafeFileHandle? handle = TryOpenDirectory();
        if (handle is not null)
            RandomAccess.FlushToDisk(handle);
    }

    private Microsoft.Win32.SafeHandles.SafeFileHandle? TryOpenDirectory()
    {
        try
        {
            return File.OpenHandle(_path);
        }
        catch (UnauthorizedAccessException)
        {
            // .NET refuses handles of directories; the rename is then as safe as the file system's journal makes it.
            return null;
        }
    }

    private ulong Newest()
    {
        ulong newest = 0;
        foreach (string file in Directory.GetFiles(_path, Prefix + "*.log"))
            newest = Math.Max(newest, GenerationOf(file));
        return newest;
    }

    private string NameOf(ulong generation) => Path.Combine(_path, $"{Prefix}{generation:d8}.log");

    private static ulong GenerationOf(string file) =>
        ulong.TryParse(
            Path.GetFileNameWithoutExtension(file).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : 0;
}
