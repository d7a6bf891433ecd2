namespace TaskGraph.Messages;

/// <summary>
/// Worker to scheduler: how long large requests to other workers took. Small ones say nothing of a link, and are not told.
/// </summary>
public sealed class TransfersMeasured : Message
{
    /// <summary>Requests for fewer bytes are not told.</summary>
    public const int LeastBytes = 64 << 10;

    public override MessageKind Kind => MessageKind.TransfersMeasured;

    /// <summary>Per transfer: the number of the worker that it came from.</summary>
    public MessageColumn<int> Sources { get; } = new();

    public MessageColumn<long> Bytes { get; } = new();

    /// <summary>Per transfer: microseconds from the request to its end.</summary>
    public MessageColumn<int> DurationUs { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        int rows = fields.FreeColumn(Sources);
        fields.Column(Bytes, rows);
        fields.Column(DurationUs, rows);
    }
}
