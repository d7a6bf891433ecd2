using System.Reflection;
using System.Runtime.CompilerServices;

namespace TaskGraph;

/// <summary>Reads a delegate and what it captures.</summary>
internal sealed class CaptureReader(SymbolReader symbols)
{
    // A number whose object is not finished yet: a delegate that is captured by its own closure.
    private static readonly object s_unfinished = new();

    private readonly List<object> _objects = [];
    private readonly List<(object Owner, FieldInfo Field, int Number)> _later = [];

    /// <summary>The fields that are filled inside of the task.</summary>
    public List<AmbientField> Ambients { get; } = [];

    /// <summary>Reads the function that the rest of the body describes.</summary>
    public Delegate Read(ref MessagePackReader reader)
    {
        var function = ReadDelegate(ref reader);
        reader.ReadEnd();
        foreach (var (owner, field, number) in _later)
        {
            field.SetValue(owner, _objects[number]);
        }
        return function;
    }

    private Delegate ReadDelegate(ref MessagePackReader reader)
    {
        var number = _objects.Count;
        _objects.Add(s_unfinished);
        var type = symbols.ReadType(ref reader);
        if (!type.IsSubclassOf(typeof(MulticastDelegate)))
        {
            throw new MalformedFunctionException($"it uses {type} as a delegate type");
        }
        var method = symbols.ReadMethod(ref reader);
        var target = ReadTarget(ref reader);
        var function = target is null ? Delegate.CreateDelegate(type, method)
            : Delegate.CreateDelegate(type, target, method);
        _objects[number] = function;
        return function;
    }

    private object? ReadTarget(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return null;
        }
        reader.Enter();
        var fields = reader.ReadArrayHeader();
        var kind = reader.ReadInt32();
        var target = (kind, fields) switch
        {
            (BodyFormat.Reference, 2) => ReadReference(ref reader, out _),
            (BodyFormat.ObjectValue, 3) => ReadObject(ref reader),
            (BodyFormat.DelegateValue, 4) => ReadDelegate(ref reader),
            (BodyFormat.TypedValue, 3) => ReadPayload(ref reader, symbols.ReadType(ref reader)),
            _ => throw new MalformedFunctionException($"it has a target of unknown kind {kind} with {fields} fields"),
        };
        reader.Leave();
        return target == s_unfinished
            ? throw new MalformedFunctionException("a delegate is its own target")
            : target;
    }

    private object ReadObject(ref MessagePackReader reader)
    {
        var type = symbols.ReadType(ref reader);
        if (!UserTypes.IsUserCode(type))
        {
            throw new MalformedFunctionException($"it builds a {type} field by field");
        }
        var value = RuntimeHelpers.GetUninitializedObject(type);
        _objects.Add(value);
        var items = reader.ReadArrayHeader();
        for (var i = 0; i < items; i += 3)
        {
            var field = symbols.ReadField(ref reader);
            if (field.IsStatic || !field.DeclaringType!.IsAssignableFrom(type))
            {
                throw new MalformedFunctionException($"it sets {field.DeclaringType}.{field.Name} of a {type}");
            }
            ReadInto(ref reader, value, field);
        }
        return value;
    }

    private void ReadInto(ref MessagePackReader reader, object owner, FieldInfo field)
    {
        reader.Enter();
        var fields = reader.ReadArrayHeader();
        var kind = reader.ReadInt32();
        switch (kind, fields)
        {
            case (BodyFormat.Reference, 2):
                var known = ReadReference(ref reader, out var number);
                if (known == s_unfinished)
                {
                    _later.Add((owner, field, number));
                }
                else
                {
                    field.SetValue(owner, known);
                }
                break;
            case (BodyFormat.DelegateValue, 4):
                field.SetValue(owner, ReadDelegate(ref reader));
                break;
            case (BodyFormat.ObjectValue, 3):
                field.SetValue(owner, ReadObject(ref reader));
                break;
            case (BodyFormat.PayloadValue, 2):
                field.SetValue(owner, ReadPayload(ref reader, field.FieldType));
                break;
            case (BodyFormat.TypedValue, 3):
                field.SetValue(owner, ReadPayload(ref reader, symbols.ReadType(ref reader)));
                break;
            case (BodyFormat.AmbientValue, 3):
                Ambients.Add(new AmbientField(owner, field, ReadAmbient(ref reader)));
                break;
            default:
                throw new MalformedFunctionException(
                    $"it captures a value of unknown kind {kind} with {fields} fields");
        }
        reader.Leave();
    }

    private object ReadReference(ref MessagePackReader reader, out int number)
    {
        number = reader.ReadInt32();
        return (uint)number < (uint)_objects.Count
            ? _objects[number]
            : throw new MalformedFunctionException($"it refers to object {number} of {_objects.Count}");
    }

    private PropertyInfo ReadAmbient(ref MessagePackReader reader)
    {
        var type = symbols.ReadType(ref reader);
        var name = reader.ReadString() ?? "";
        const BindingFlags Static = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;
        if (type.GetCustomAttribute<AmbientOnWorkerAttribute>(inherit: false)?.Property != name
            || type.GetProperty(name, Static) is not { } found)
        {
            throw new MalformedFunctionException($"{type} has no ambient property {name}");
        }
        return found;
    }

    private static object? ReadPayload(ref MessagePackReader reader, Type type)
    {
        return CapturedPayload.Read(reader.ReadBinary(), type);
    }
}
