using System.Buffers;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using TaskGraph.Compression;

namespace TaskGraph.Worker.Storage;

/// <summary>
/// Writes one spill file after another, each block as soon as it is full: a value needs no second copy in memory to be
/// written, however large it is. For one thread.
/// </summary>
internal sealed class SpillFileWriter(CompressionChoice compression) : IBufferWriter<byte>
{
    // A raw block with room for a little more than its share; and the block as it is stored.
    private readonly byte[] _raw = new byte[SpillFormat.BlockBytes];
    private readonly byte[] _block = new byte[SpillFormat.HeaderBytes + SpillFormat.BlockBytes];
    private readonly List<long> _lengths = [];
    private byte[] _large = [];
    private SafeFileHandle? _file;
    private long _offset;
    private long _partLength;
    private int _filled;

    /// <summary>Writes a value; returns the length of the file, which must not exist yet.</summary>
    /// <exception cref="NotSerializableException">The value cannot be encoded.</exception>
    /// <exception cref="IOException">The file cannot be written; there is none then.</exception>
    public long Write(string path, StoredValue value)
    {
        // Named so until it is whole: whoever finds it after a crash sees that it is none.
        var unfinished = path + ".tmp";
        try
        {
            using (_file = File.OpenHandle(unfinished, FileMode.CreateNew, FileAccess.Write))
                WriteParts(value);
            File.Move(unfinished, path);
            return _offset;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
        finally
        {
            _file = null;
            _large = [];
        }
    }

    void IBufferWriter<byte>.Advance(int count)
    {
        if (_large.Length > 0)
        {
            Append(_large.AsSpan(0, count));
            _large = [];
            return;
        }

        _filled += count;
        _partLength += count;
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        if (_filled == _raw.Length || sizeHint > _raw.Length - _filled)
            Flush();
        if (sizeHint <= _raw.Length)
            return _raw.AsMemory(_filled);
        return _large = new byte[sizeHint];
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => ((IBufferWriter<byte>)this).GetMemory(sizeHint).Span;

    private void WriteParts(StoredValue value)
    {
        _offset = 0;
        _filled = 0;
        _partLength = 0;
        _lengths.Clear();
        List<ReadOnlyMemory<byte>> buffers = [];
        value.Write(this, buffers);
        EndPart();
        foreach (var buffer in buffers)
        {
            Append(buffer.Span);
            EndPart(ArrayBuffers.ElementOf(buffer));
        }

        var tail = SpillFormat.Tail(_lengths);
        RandomAccess.Write(_file!, tail, _offset);
        _offset += tail.Length;
    }

    private void EndPart(ArrayElement element = ArrayElement.None)
    {
        Flush();
        _lengths.Add(SpillFormat.Part(_partLength, (byte)element));
        _partLength = 0;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Flush();
        _partLength += bytes.Length;
        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, SpillFormat.BlockBytes);
            WriteBlock(bytes[..count]);
            bytes = bytes[count..];
        }
    }

    private void Flush()
    {
        if (_filled > 0)
            WriteBlock(_raw.AsSpan(0, _filled));
        _filled = 0;
    }

    private void WriteBlock(ReadOnlySpan<byte> raw)
    {
        var stored = compression.IsTried(raw.Length) ? Compress(raw) : -1;
        if (stored < 0)
        {
            raw.CopyTo(_block.AsSpan(SpillFormat.HeaderBytes));
            stored = raw.Length;
        }

        var block = _block.AsSpan(0, SpillFormat.HeaderBytes + stored);
        SpillFormat.Seal(block, raw.Length);
        var start = Stopwatch.GetTimestamp();
        RandomAccess.Write(_file!, block, _offset);
        compression.Written(block.Length, Stopwatch.GetElapsedTime(start).TotalSeconds);
        _offset += block.Length;
    }

    private int Compress(ReadOnlySpan<byte> raw)
    {
        var start = Stopwatch.GetTimestamp();
        var target = _block.AsSpan(SpillFormat.HeaderBytes, raw.Length - (raw.Length / 10));
        var stored = Lz4Block.Encode(raw, target);
        compression.Encoded(raw.Length, stored, Stopwatch.GetElapsedTime(start).TotalSeconds);
        return stored == raw.Length ? -1 : stored;
    }
}
