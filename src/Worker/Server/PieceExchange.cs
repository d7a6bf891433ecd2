using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph.Worker.Server;

/// <summary>Values that go, or come, piece by piece over one data connection: one each way at a time.</summary>
internal sealed class PieceExchange(Connection connection)
{
    private const int MaxPieceBytes = 1 << 20;

    private ValueReading? _reading;
    private ValueAssembly? _assembly;

    /// <summary>Whether the value that is asked for is being sent already.</summary>
    public bool IsUnderWay(GetPiece request) => request.Offset > 0 && _reading?.Task == request.Task;

    /// <summary>Pieces of this value are sent from now on.</summary>
    public void Begin(TaskId task, in Payload payload) => _reading = new ValueReading(task, payload);

    /// <summary>Sends an answer without a value.</summary>
    public void Refuse(GetPiece request, DataStatus status) => Send(
        new ValuePiece { RequestId = request.RequestId, Task = request.Task, Offset = request.Offset, Status = status });

    /// <summary>Sends the piece that is asked for.</summary>
    public void Answer(GetPiece request)
    {
        var bytes = _reading!.Cut(request.Offset, Math.Clamp(request.MaxBytes, 1, MaxPieceBytes));
        var piece = new ValuePiece
        {
            RequestId = request.RequestId,
            Task = request.Task,
            Offset = request.Offset,
            Status = bytes.IsEmpty ? DataStatus.Missing : DataStatus.Found,
            Attachments = [bytes],
        };
        if (request.Offset == 0)
        {
            foreach (var length in _reading.Lengths)
                piece.Lengths.Add(length);
            piece.Elements = _reading.Elements;
        }

        if (_reading.EndsWith(request.Offset, bytes.Length))
            _reading = null;
        Send(piece);
    }

    /// <summary>Takes a piece in and answers it, unless it is the last one: then the value is to be put.</summary>
    public PutData? Take(ValuePiece piece)
    {
        if (piece.Offset == 0)
            _assembly = ValueAssembly.Begin(piece, ConnectionOptions.Default.MaxAttachmentBytes);
        if (_assembly is null || !_assembly.Take(piece))
        {
            _assembly = null;
            Send(new PutDataReply { RequestId = piece.RequestId, Error = $"the piece at {piece.Offset} does not fit what came before" });
            return null;
        }

        if (!_assembly.IsWhole)
        {
            Send(new PutDataReply { RequestId = piece.RequestId, Bytes = _assembly.Received });
            return null;
        }

        var put = new PutData { RequestId = piece.RequestId, Task = piece.Task, Attachments = _assembly.Parts };
        _assembly = null;
        return put;
    }

    private void Send(Message message)
    {
        connection.Write(message);
        connection.Flush();
    }
}
