using System.Buffers;
using System.Runtime.Serialization;

namespace TaskGraph;

/// <summary>Captured values as payloads, with refusals that say what to do about a capture.</summary>
internal static class CapturedPayload
{
    private static readonly (Type Type, string Reason)[] s_refused =
    [
        (typeof(CancellationToken), "it belongs to this process; give the function a CancellationToken parameter, "
            + "and the worker passes the task's own"),
        (typeof(CancellationTokenSource), "it belongs to this process; give the function a CancellationToken "
            + "parameter"),
        (typeof(Stream), "an open stream belongs to this process; pass its path or its bytes and open it in the "
            + "function"),
        (typeof(TextReader), "an open reader belongs to this process; pass the path or the text"),
        (typeof(TextWriter), "an open writer belongs to this process; return the text instead"),
        (typeof(Random), "its state cannot be read; pass a seed and create it in the function"),
        (typeof(Lock), "a lock only guards memory of this process; create it in the function, or leave it out"),
        (typeof(WaitHandle), "it only works in this process; let the function return instead of signalling"),
        (typeof(SemaphoreSlim), "it only works in this process; limit what is submitted instead"),
        (typeof(Thread), "a thread belongs to this process"),
        (typeof(Task), "a running task belongs to this process; await it first and capture its result"),
        (typeof(Type), "types do not travel as values; use a generic method"),
    ];

    /// <summary>
    /// The type whose codec carries a value that stands in a place of static type <paramref name="place"/>.
    /// </summary>
    /// <exception cref="NotSerializableException">The value has no form that could travel.</exception>
    public static Type TypeFor(object value, Type? place, string path)
    {
        var actual = value.GetType();
        foreach (var (type, reason) in s_refused)
        {
            if (type.IsAssignableFrom(actual))
            {
                throw new NotSerializableException(actual, path, reason);
            }
        }
        if (actual == typeof(object))
        {
            throw new NotSerializableException(actual, path,
                "a bare object carries no data, and a lock only guards memory of this process; leave it out");
        }
        if (actual.Namespace is "System.Linq")
        {
            throw new NotSerializableException(actual, path,
                "a LINQ query is code waiting to run; call ToArray() before the lambda captures it");
        }
        if (place is null || Nullable.GetUnderlyingType(place) == actual)
        {
            return place ?? actual;
        }
        if (DeclaredFormOf(actual, place) is { } declared)
        {
            return declared;
        }
        // Collection expressions make private types: only the interface says what such a value is.
        return place.IsInterface && UserTypes.IsCompilerGenerated(actual) ? place : actual;
    }

    /// <summary>Whether the type, or a base of it, says itself how it travels.</summary>
    public static bool HasDeclaredForm(Type type) => DeclaredFormOf(type, null) is not null;

    /// <summary>Writes the value inline under the codec of <paramref name="type"/>.</summary>
    /// <exception cref="NotSerializableException">The value cannot travel; the path starts at the closure.</exception>
    public static void Write(IBufferWriter<byte> output, Type type, object value, string path)
    {
        try
        {
            var codec = PayloadCodecs.For(type);
            try
            {
                var writer = new PayloadWriter(output);
                codec.WriteObject(ref writer, value);
                writer.Flush();
            }
            catch (NotSerializableException)
            {
                // Encoding once more keeps the path to the member at fault, which the quick way leaves out.
                PayloadCodecs.Encode(type, value);
                throw;
            }
        }
        catch (NotSerializableException e)
        {
            if (CaptureTraits.Of(e.Type).Refusal is { } fix)
            {
                throw CapturePlan.Forbidden(path, e.Type, fix);
            }
            var root = TypeName.Of(type);
            var rest = e.Path.StartsWith(root, StringComparison.Ordinal) ? e.Path[root.Length..] : "." + e.Path;
            throw new NotSerializableException(e.Type, path + rest, e.Reason);
        }
    }

    /// <summary>Reads a value that <see cref="Write"/> wrote.</summary>
    public static object? Read(ReadOnlySpan<byte> bytes, Type type)
    {
        // A copy: what was captured may keep views of its payload, and the body's memory is not ours to keep.
        return PayloadCodecs.Decode(type, new Payload(bytes.ToArray()));
    }

    private static Type? DeclaredFormOf(Type actual, Type? place)
    {
        for (var type = actual; type is not null; type = type.BaseType)
        {
            if (SaysHowItTravels(type))
            {
                return type;
            }
        }
        return place is not null && SaysHowItTravels(place) ? place : null;
    }

    private static bool SaysHowItTravels(Type type)
    {
        return type.IsDefined(typeof(PayloadCodecAttribute), inherit: false)
            || type.IsDefined(typeof(KnownTypeAttribute), inherit: false);
    }
}
