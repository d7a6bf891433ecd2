using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace TaskGraph.Worker.Storage;

/// <summary>This process's resident memory, read without allocating: it is asked for when memory is short.</summary>
internal sealed class ProcessMemory : IDisposable
{
    private readonly SafeFileHandle? _statm =
        OperatingSystem.IsLinux() ? File.OpenHandle("/proc/self/statm") : null;

    /// <summary>Bytes that are in memory now.</summary>
    public long ResidentBytes()
    {
        if (_statm is null)
            return Environment.WorkingSet;

        // Pages: of the program, in memory, …
        Span<byte> text = stackalloc byte[128];
        var words = text[..RandomAccess.Read(_statm, text, 0)];
        var second = words[(words.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(second, out long pages, out _) ? pages * Environment.SystemPageSize : 0;
    }

    public void Dispose() => _statm?.Dispose();
}
