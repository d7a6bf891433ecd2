using System.Buffers;
using System.Reflection;

namespace TaskGraph;

/// <summary>Writes a delegate and what it captures; shared objects once, cycles by reference.</summary>
internal sealed class CaptureWriter(CapturePlan plan, SymbolWriter symbols)
{
    private const int LargeCaptureBytes = 1 << 20;

    private readonly Dictionary<object, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly ArrayBufferWriter<byte> _payload = new();

    /// <summary>Captures above 1 MiB that were found while writing.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Writes delegate type, method and target, without a node of their own.</summary>
    public void WriteParts(ref MessagePackWriter writer, Delegate function, string path)
    {
        _numbers.TryAdd(function, _numbers.Count);
        symbols.WriteType(ref writer, function.GetType(), path);
        symbols.WriteMethod(ref writer, function.Method, path);
        if (function.Target is not { } target)
        {
            writer.WriteNil();
            return;
        }
        WriteValue(ref writer, target, CapturePlan.KindOfTarget(function.Method, target, path), null, path);
    }

    private void WriteValue(ref MessagePackWriter writer, object value, CaptureKind kind, Type? place, string path)
    {
        switch (kind)
        {
            case CaptureKind.Delegate:
                if (!WriteReference(ref writer, value))
                {
                    writer.WriteArrayHeader(4);
                    writer.Write(BodyFormat.DelegateValue);
                    WriteParts(ref writer, (Delegate)value, path);
                }
                break;
            case CaptureKind.Object:
                if (!WriteReference(ref writer, value))
                {
                    WriteObject(ref writer, value, path);
                }
                break;
            case CaptureKind.Ambient:
                WriteAmbient(ref writer, value.GetType(), path);
                break;
            default:
                WritePayload(ref writer, value, place, path);
                break;
        }
    }

    private bool WriteReference(ref MessagePackWriter writer, object value)
    {
        if (!_numbers.TryGetValue(value, out var number))
        {
            return false;
        }
        writer.WriteArrayHeader(2);
        writer.Write(BodyFormat.Reference);
        writer.Write(number);
        return true;
    }

    private void WriteObject(ref MessagePackWriter writer, object value, string path)
    {
        _numbers.Add(value, _numbers.Count);
        var type = value.GetType();
        var fields = new List<(FieldInfo Field, object Value)>();
        foreach (var field in plan.FieldsOf(type, path))
        {
            if (field.GetValue(value) is { } captured)
            {
                fields.Add((field, captured));
            }
        }
        writer.WriteArrayHeader(3);
        writer.Write(BodyFormat.ObjectValue);
        symbols.WriteType(ref writer, type, path);
        writer.WriteArrayHeader(3 * fields.Count);
        foreach (var (field, captured) in fields)
        {
            var inner = CapturedFields.PathOf(path, field);
            symbols.WriteType(ref writer, field.DeclaringType!, inner);
            writer.Write(field.MetadataToken);
            WriteValue(ref writer, captured, CapturePlan.KindOf(field, captured, inner), field.FieldType, inner);
        }
    }

    private void WriteAmbient(ref MessagePackWriter writer, Type type, string path)
    {
        var declaring = type;
        while (!declaring.IsDefined(typeof(AmbientOnWorkerAttribute), inherit: false))
        {
            declaring = declaring.BaseType!;
        }
        writer.WriteArrayHeader(3);
        writer.Write(BodyFormat.AmbientValue);
        symbols.WriteType(ref writer, declaring, path);
        writer.Write(declaring.GetCustomAttribute<AmbientOnWorkerAttribute>()!.Property);
    }

    private void WritePayload(ref MessagePackWriter writer, object value, Type? place, string path)
    {
        var type = CapturedPayload.TypeFor(value, place, path);
        _payload.ResetWrittenCount();
        CapturedPayload.Write(_payload, type, value, path);
        if (_payload.WrittenCount > LargeCaptureBytes)
        {
            Warnings.Add($"{path} makes every copy of the function {_payload.WrittenCount / 1048576.0:F1} MiB larger. "
                + "Pass it as an argument, or scatter it once and pass the future.");
        }
        var typed = type != place;
        writer.WriteArrayHeader(typed ? 3 : 2);
        writer.Write(typed ? BodyFormat.TypedValue : BodyFormat.PayloadValue);
        if (typed)
        {
            symbols.WriteType(ref writer, type, path);
        }
        writer.WriteBinary(_payload.WrittenSpan);
    }
}
