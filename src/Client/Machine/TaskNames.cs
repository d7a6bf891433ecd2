using System.Buffers.Binary;
using System.Text;
using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>
/// How the tasks of one submission are called. Immutable; names are made only when somebody reads them.
/// </summary>
internal sealed class TaskNames
{
    private readonly KeyForm _form;
    private readonly Hash128 _hash;
    private readonly Hash128[]? _hashes;
    private readonly string[]? _names;
    private readonly string _function;
    private readonly string[]? _functions;

    private TaskNames(
        KeyForm form, string function, Hash128 hash = default, Hash128[]? hashes = null, string[]? names = null,
        string[]? functions = null)
    {
        _form = form;
        _function = function;
        _hash = hash;
        _hashes = hashes;
        _names = names;
        _functions = functions;
    }

    /// <summary>Function name and the task's own id.</summary>
    public static TaskNames Unique(string function) => new(KeyForm.Unique, function);

    /// <summary>One task: function name and hash of the call.</summary>
    public static TaskNames Hashed(string function, Hash128 hash) => new(KeyForm.Hashed, function, hash);

    /// <summary>Function name, hash of all arguments, and the index.</summary>
    public static TaskNames Range(string function, Hash128 hash) => new(KeyForm.Range, function, hash);

    /// <summary>The user's names by task index; an empty one falls back to the function's name and the id.</summary>
    public static TaskNames Named(string[] names, string function) => new(KeyForm.Named, function, names: names);

    /// <summary>A graph's tasks by task index: the user's name, else function and hash, else function and id.</summary>
    public static TaskNames Graph(KeyForm form, string[] names, Hash128[] hashes, string[] functions)
        => new(form, "", hashes: hashes, names: names, functions: functions);

    /// <summary>The name of a task.</summary>
    public string KeyOf(TaskId id) => _form switch
    {
        KeyForm.Named when _names![id.Index].Length > 0 => _names[id.Index],
        KeyForm.Hashed => $"{FunctionOf(id.Index)}-{HashOf(id.Index)}",
        KeyForm.Range => $"{FunctionOf(id.Index)}-{_hash}-{id.Index}",
        _ => $"{FunctionOf(id.Index)}-{id}",
    };

    /// <summary>What stands for the task's result in the hash of a call that takes it as an argument.</summary>
    public Hash128 IdentityOf(TaskId id)
    {
        switch (_form)
        {
            case KeyForm.Named when _names![id.Index].Length > 0:
                return IdentityOf(_names[id.Index]);
            case KeyForm.Hashed:
                return HashOf(id.Index);
            case KeyForm.Range:
                return Mix(_hash.High, _hash.Low, id.Index);
            default:
                return UniqueIdentityOf(id);
        }
    }

    /// <summary>What stands for a task with a name.</summary>
    public static Hash128 IdentityOf(string name) => Hash128.Of(Encoding.UTF8.GetBytes(name));

    /// <summary>What stands for a task that no other call shares.</summary>
    public static Hash128 UniqueIdentityOf(TaskId id) => Mix(id.Submission, 0, id.Index);

    private static Hash128 Mix(ulong high, ulong low, int index)
    {
        Span<byte> bytes = stackalloc byte[20];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        BinaryPrimitives.WriteInt32BigEndian(bytes[16..], index);
        return Hash128.Of(bytes);
    }

    private string FunctionOf(int index) => _functions is null ? _function : _functions[index];

    private Hash128 HashOf(int index) => _hashes is null ? _hash : _hashes[index];
}
