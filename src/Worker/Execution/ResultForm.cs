using System.Buffers;
using TaskGraph.Messages;
using TaskGraph.Worker.Storage;

namespace TaskGraph.Worker.Execution;

/// <summary>
/// Measures a run's result and makes sure that it can travel before the task counts as finished: a result that failed
/// to encode only when somebody fetched it would be recomputed again and again.
/// </summary>
internal static class ResultForm
{
    // Up to here the encoded form is kept, and serving needs no second pass; beyond, it is only tried out.
    private const int KeepEncodedBytes = 64 << 10;

    // Below this, nobody asks whether it fits into the memory.
    private const int LargeBytes = 16 << 20;

    /// <summary>Fills the run's result.</summary>
    /// <exception cref="NotSerializableException">The result cannot be encoded.</exception>
    /// <exception cref="ResultTooLargeException">It could not be sent or loaded.</exception>
    public static void Set(TaskRun run, object? value)
    {
        if (run.IsActor)
        {
            SetActor(run, value);
            return;
        }

        var codec = run.Function.ResultCodec;
        var bytes = codec.MeasureObject(value);
        Payload? encoded = null;
        if (run.IsInlineWanted && bytes <= 4 * Protocol.MaxInlineResultBytes)
        {
            encoded = PayloadCodecs.Encode(codec.ValueType, value);
            if (encoded.Value.Buffers.Length == 0 && encoded.Value.Body.Length <= Protocol.MaxInlineResultBytes)
                run.Inline = encoded.Value.Body.ToArray();
        }
        else if (!AlwaysTravels(codec.ValueType) || bytes > LargeBytes)
        {
            if (bytes <= KeepEncodedBytes)
                encoded = PayloadCodecs.Encode(codec.ValueType, value);
            else
                TryOut(codec, value, bytes);
        }

        run.Result = StoredValue.Of(run.Task, value, codec, bytes, encoded);
    }

    /// <summary>The object stays here; what travels says where it is.</summary>
    private static void SetActor(TaskRun run, object? value)
    {
        run.ActorInstance = value
            ?? throw new InvalidOperationException("The function that was to make an actor returned null.");
        var reference = PayloadCodecs.Encode(new ActorReference(run.Task, run.Key, run.WorkerAddress));
        run.Result = StoredValue.OfPayload(run.Task, reference);
        if (run.IsInlineWanted && reference.Body.Length <= Protocol.MaxInlineResultBytes)
            run.Inline = reference.Body.ToArray();
    }

    /// <summary>Types whose every value can be encoded; arrays of them need no look at their elements.</summary>
    private static bool AlwaysTravels(Type type)
    {
        if (type.IsArray)
            type = type.GetElementType()!;
        return type.IsPrimitive || type == typeof(string) || type == typeof(Unit)
            || type.IsDefined(typeof(PayloadCodecAttribute), inherit: false);
    }

    /// <summary>
    /// Encodes without keeping anything. Buffers are sent from where they lie, the rest is a copy; who loads the value has
    /// all of it.
    /// </summary>
    private static void TryOut(PayloadCodec codec, object? value, long bytes)
    {
        List<ReadOnlyMemory<byte>> buffers = [];
        var discard = new Discard();
        var writer = new PayloadWriter(discard, buffers);
        codec.WriteObject(ref writer, value);
        writer.Flush();
        var loaded = discard.Count;
        foreach (var buffer in buffers)
            loaded += buffer.Length;
        if (Math.Max(bytes, loaded) + discard.Count <= LargeBytes)
            return;
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (Math.Max(bytes, loaded) + discard.Count > limit)
            throw new ResultTooLargeException(Math.Max(bytes, loaded), discard.Count, limit);
    }

    /// <summary>Takes bytes and forgets them.</summary>
    private sealed class Discard : IBufferWriter<byte>
    {
        private byte[] _scratch = new byte[16 << 10];

        /// <summary>How many bytes have been written.</summary>
        public long Count { get; private set; }

        public void Advance(int count) => Count += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (sizeHint > _scratch.Length)
                _scratch = new byte[sizeHint];
            return _scratch;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
