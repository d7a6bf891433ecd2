using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph.Worker.Server;

/// <summary>
/// The answers to requests on one connection, one request after the other: small values share messages, a large one
/// has a frame of its own and is sent from where it lies.
/// </summary>
internal sealed class DataAnswers(Connection connection)
{
    // Beyond this, copying a value costs as much as a frame of its own.
    private const int MaxSmallBytes = 4 << 10;

    // Receivers keep a message's bytes as long as one of its values, so it should not be as large as a frame may be.
    private const int MaxSharedBytes = 64 << 10;
    private const int MaxSharedRows = 4096;

    private readonly DataReplies _shared = new();
    private readonly DataReply _own = new();

    /// <summary>The answers from here on are to this request.</summary>
    public void Begin(ulong request) => (_shared.RequestId, _own.RequestId) = (request, request);

    /// <summary>An answer without a value.</summary>
    public void Add(TaskId task, DataStatus status) => Share(task, status, []);

    /// <summary>A value.</summary>
    public void Add(TaskId task, in Payload value)
    {
        if (value.Buffers.Length == 0 && value.Body.Length <= MaxSmallBytes)
        {
            Share(task, DataStatus.Found, value.Body.Span);
            return;
        }

        // In the order of the request: who asked finds each answer where it expects it.
        End();
        _own.Task = task;
        _own.Attachments = Payloads.ToAttachments(value);
        _own.Elements = value.Elements;
        connection.Write(_own);
        _own.Attachments = [];
    }

    /// <summary>Writes what has gathered.</summary>
    public void End()
    {
        if (_shared.Tasks.Count == 0)
            return;
        connection.Write(_shared);
        _shared.Clear();
    }

    private void Share(TaskId task, DataStatus status, ReadOnlySpan<byte> value)
    {
        if (_shared.Values.Bytes.Length + value.Length > MaxSharedBytes || _shared.Tasks.Count == MaxSharedRows)
            End();
        _shared.Tasks.Add(task);
        _shared.Statuses.Add((byte)status);
        _shared.Values.Add(value);
    }
}
