using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>Primitive elements, as one buffer of their bytes.</summary>
internal sealed class BufferRun<T> : ElementRun<T>
    where T : unmanaged
{
    public BufferRun()
    {
        MessagePackColumn.AssertLittleEndian();
    }

    public override void Write(ref PayloadWriter writer, scoped ReadOnlySpan<T> elements)
    {
        CheckSize(ref writer, elements.Length);
        writer.WriteBufferCopy(MemoryMarshal.AsBytes(elements));
    }

    public override void WriteArray(ref PayloadWriter writer, Array array, int start, int count)
    {
        CheckSize(ref writer, count);
        var bytes = count * Unsafe.SizeOf<T>();
        if (bytes < PayloadWriter.InlineLimit)
            writer.Pack.WriteBinary(MemoryMarshal.AsBytes(ArrayBytes.Elements<T>(array, start, count)));
        else
            writer.WriteBuffer(ArrayBytes.View(array, start * Unsafe.SizeOf<T>(), bytes));
    }

    public override T[] Read(ref PayloadReader reader)
    {
        var start = reader.Pack.Consumed;
        var buffer = reader.ReadBuffer();
        var bytes = buffer.Span;
        if (bytes.Length % Unsafe.SizeOf<T>() != 0)
        {
            throw new MessagePackException(
                $"a buffer of {Unsafe.SizeOf<T>()}-byte values", $"one of {bytes.Length} bytes", start);
        }

        // Only 0 and 1 are booleans: other bytes would compare unequal to both.
        if (typeof(T) == typeof(bool) && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw PayloadReader.Invalid("a buffer of booleans", start);
        return ArrayBytes.TryTake<T>(buffer) ?? new MessagePackColumn<T>(bytes).ToArray();
    }

    public override long Measure(ReadOnlySpan<T> elements) => (long)elements.Length * Unsafe.SizeOf<T>();

    private static void CheckSize(ref PayloadWriter writer, int count)
    {
        if ((long)count * Unsafe.SizeOf<T>() > Array.MaxLength)
            throw writer.Refuse(typeof(T[]), "one array may hold at most 2 GiB; send it in several chunks");
    }
}
