using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using TaskGraph.Messages;

namespace TaskGraph;

/// <summary>Encodes the arguments of a Map in one pass, straight into the columns of its submission.</summary>
internal sealed class MapBuilder
{
    private readonly Client _client;
    private readonly FunctionDefinition _function;
    private readonly SubmitOptions _options;
    private readonly ulong _submission;
    private readonly SubmissionWriter _writer;
    private readonly ByteBuffer _arguments = new();
    private readonly List<TaskId> _taskDependencies = [];
    private readonly List<Upload> _uploads = [];
    private readonly List<FutureHandle> _handles = [];
    private readonly Action<FutureHandle, int> _noteInside;
    private readonly List<string>? _names;
    private readonly IncrementalHash _inputs = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public MapBuilder(Client client, Delegate function, SubmitOptions options)
    {
        _client = client;
        _noteInside = NoteInside;
        _function = client.Encode(function);
        _options = options;
        _submission = client.NewSubmission();
        _names = options.Key is { Length: > 0 } ? [] : null;
        Form = _names is not null ? KeyForm.Named : options.Pure ? KeyForm.Range : KeyForm.Unique;
        _writer = new SubmissionWriter(_submission, Form);
        CallHash.Append(_inputs, _function.Id);
    }

    public KeyForm Form { get; }

    /// <summary>How many tasks there are.</summary>
    public int Count { get; private set; }

    public void BeginTask()
    {
        _arguments.CutTo(0);
        _taskDependencies.Clear();
    }

    /// <summary>The next argument of the task is a value.</summary>
    public void Value<T>(T value)
    {
        if (value is IFuture or IGraphTask)
        {
            throw new NotSerializableException(typeof(T), $"{_function.Name}, value {Count} of the Map",
                "a future stands for a result on the cluster; pass a sequence of futures of one type, or use Submit");
        }
        var start = _arguments.Count;
        var writer = new ArgumentWriter(_arguments);
        using FutureTransit.Scope? transit = FutureTransit.MayBeIn<T>() ? FutureTransit.Send(_noteInside) : null;
        try
        {
            writer.Value(value, PayloadCodecs.For<T>());
            writer.Flush();
        }
        catch (NotSerializableException)
        {
            // Says the same with the whole path to the member at fault.
            _ = PayloadCodecs.Encode(value);
            throw;
        }
        if (_arguments.Count - start > Client.MaxInlineArgumentBytes)
            Upload(start);
    }

    /// <summary>The next argument of the task is another task's result.</summary>
    public void Result(FutureHandle handle, int slot) => WriteDependency(IdOf(handle, slot));

    /// <summary>A future inside a value: an input of the task.</summary>
    private void NoteInside(FutureHandle handle, int slot)
    {
        var id = IdOf(handle, slot);
        _handles.Add(handle);
        if (!_taskDependencies.Contains(id))
            _taskDependencies.Add(id);
    }

    private TaskId IdOf(FutureHandle handle, int slot)
    {
        if (!ReferenceEquals(handle.Client, _client))
        {
            throw new ArgumentException(
                "A future of another client is passed. Map it through the client that holds it.");
        }
        var id = handle.Set.IdOf(slot);
        if (Form == KeyForm.Range)
            CallHash.Append(_inputs, handle.Set.Names.IdentityOf(id));
        return id;
    }

    public void EndTask()
    {
        _writer.BeginTask(_function, _arguments.Written, _taskDependencies.Count, Count, isWanted: true, _options);
        foreach (var dependency in _taskDependencies)
            _writer.AddDependency(dependency);
        if (_names is not null)
        {
            var name = $"{_options.Key}-{Count}";
            _names.Add(name);
            _writer.AddKey(Encoding.UTF8.GetBytes(name));
        }
        Count++;
        if (_uploads.Count == 0)
            _client.SendAhead(_writer);
    }

    /// <summary>The values cannot be had or sent: nothing of the Map stays.</summary>
    public void Abandon()
    {
        _client.TakeBack(_writer);
        _inputs.Dispose();
    }

    public (Submission Submission, TaskNames Names, Upload[] Uploads) End()
    {
        if (Form == KeyForm.Range)
        {
            foreach (var column in _writer.ArgumentColumns)
            {
                _inputs.AppendData(column.Bytes);
                _inputs.AppendData(MemoryMarshal.AsBytes(column.Ends));
            }
        }
        var hash = CallHash.End(_inputs);
        _inputs.Dispose();
        var names = Form switch
        {
            KeyForm.Named => TaskNames.Named([.. _names!], _function.Name),
            KeyForm.Range => TaskNames.Range(_function.Name, hash),
            _ => TaskNames.Unique(_function.Name),
        };
        return (_writer.End(hash), names, [.. _uploads]);
    }

    private void Upload(int start)
    {
        const int KindBytes = 1;
        var body = _arguments.Written[(start + KindBytes)..].ToArray();
        if (body.Length > _client.LargeArgumentBytes)
            _client.WarnOfLargeArgument($"value {Count}", _function.Name, body.Length);
        var upload = new Upload(new TaskId(_client.NewSubmission(), 0), body);
        CallHash.Append(_inputs, Hash128.Of(body));
        _arguments.CutTo(start);
        _uploads.Add(upload);
        WriteDependency(upload.Id);
    }

    private void WriteDependency(TaskId id)
    {
        var ordinal = _taskDependencies.IndexOf(id);
        if (ordinal < 0)
        {
            ordinal = _taskDependencies.Count;
            _taskDependencies.Add(id);
        }
        var writer = new ArgumentWriter(_arguments);
        writer.Dependency(ordinal);
        writer.Flush();
    }
}
