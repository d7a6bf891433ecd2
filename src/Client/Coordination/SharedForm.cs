using System.Buffers;
using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// How values of a type go through queues, variables and datasets: futures as futures, everything else encoded.
/// </summary>
internal abstract class SharedForm<T>
{
    private const int MaxValueBytes = 128 << 10;

    /// <summary>The form of <typeparamref name="T"/>.</summary>
    public static SharedForm<T> Instance { get; } = Choose();

    /// <summary>Whether the value is one future or several.</summary>
    public virtual bool IsFutures => false;

    /// <summary>Writes the value into a Put; returns what must live until it is answered.</summary>
    public abstract object? Write(Client client, T value, CoordinationCall call);

    /// <summary>Reads a value, or the futures from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public abstract T Read(ReadOnlyMemory<byte> bytes, FutureHandle? futures, int start, int end);

    private static SharedForm<T> Choose()
    {
        if (FutureOf(typeof(T)) is { } single)
            return (SharedForm<T>)Activator.CreateInstance(typeof(FutureForm<>).MakeGenericType(single))!;
        if (typeof(T).IsSZArray && FutureOf(typeof(T).GetElementType()!) is { } element)
            return (SharedForm<T>)Activator.CreateInstance(typeof(FutureArrayForm<>).MakeGenericType(element))!;
        return new EncodedForm();
    }

    private static Type? FutureOf(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Future<>)
            ? type.GetGenericArguments()[0]
            : null;

    private sealed class EncodedForm : SharedForm<T>
    {
        public override object? Write(Client client, T value, CoordinationCall call)
        {
            var output = new ArrayBufferWriter<byte>();
            using (FutureTransit.Refuse())
                PayloadCodecs.Write(output, value);
            if (output.WrittenCount > MaxValueBytes)
            {
                throw new ArgumentException(
                    $"The value has {output.WrittenCount} bytes; at most {MaxValueBytes} go through the scheduler. "
                    + "Scatter it (ScatterAsync), or let a task make it, and put the future in.", nameof(value));
            }
            call.Value = output.WrittenSpan.ToArray();
            return null;
        }

        public override T Read(ReadOnlyMemory<byte> bytes, FutureHandle? futures, int start, int end)
            => start == end
                ? PayloadCodecs.Decode<T>(new Payload(bytes))
                : throw new InvalidCastException(
                    $"A future was put in where a {typeof(T).Name} was to be taken out. "
                    + "Take it out as Future<…>, with the type of its value.");
    }
}
