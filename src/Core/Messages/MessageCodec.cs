namespace TaskGraph.Messages;

/// <summary>
/// Messages as MessagePack: <c>[kind, [field, …]]</c>, fields in the order in which the message names them. A longer
/// field list than this build knows is read up to what it knows.
/// </summary>
public static class MessageCodec
{
    private static readonly Func<Message>?[] s_create = new Func<Message>?[256];
    private static readonly int[] s_fieldCounts = new int[256];

    static MessageCodec()
    {
        Register<Hello>();
        Register<Welcome>();
        Register<Refusal>();
        Register<Heartbeat>();
        Register<Goodbye>();
        Register<SubmitTasks>();
        Register<ReleaseTasks>();
        Register<CancelTasks>();
        Register<WhoHas>();
        Register<RegisterData>();
        Register<ClusterInfoRequest>();
        Register<RunOnWorkers>();
        Register<TasksHeld>();
        Register<SubmissionReply>();
        Register<TasksInMemory>();
        Register<TasksErred>();
        Register<TasksCancelled>();
        Register<TasksLost>();
        Register<WhoHasReply>();
        Register<ClusterInfo>();
        Register<RunReply>();
        Register<ComputeTasks>();
        Register<FreeTasks>();
        Register<RetractTasks>();
        Register<AbortTasks>();
        Register<RunFunction>();
        Register<HoldersRefreshed>();
        Register<TasksFinished>();
        Register<TasksFailed>();
        Register<TasksRetracted>();
        Register<TasksSeceded>();
        Register<ReplicasAdded>();
        Register<ReplicasRemoved>();
        Register<DataMissing>();
        Register<FunctionResult>();
        Register<WorkersJoined>();
        Register<WorkersLeft>();
        Register<DefineFunction>();
        Register<NeedAssemblies>();
        Register<AssemblyBytes>();
        Register<TasksReported>();
        Register<GetData>();
        Register<DataReply>();
        Register<PutData>();
        Register<PutDataReply>();
        Register<GetPiece>();
        Register<ValuePiece>();
        Register<GroupData>();
        Register<CoordinationCall>();
        Register<CoordinationReply>();
        Register<RenewLeases>();
        Register<LeasesRenewed>();
        Register<CallsPending>();
        Register<RetryTasks>();
        Register<TasksRetried>();
        Register<OperationReply>();
        Register<AcquireReplicas>();
        Register<ReplicasNotAcquired>();
        Register<ReplicateTasks>();
        Register<RebalanceWorkers>();
        Register<RetireWorkers>();
        Register<StoryRequest>();
        Register<DumpRequest>();
        Register<DumpReply>();
        Register<ShutdownCluster>();
        Register<RestartWorkers>();
        Register<RestartProcess>();
        Register<RunOnScheduler>();
        Register<LogRequest>();
        Register<LogReply>();
        Register<WorkerLeaving>();
        Register<PredecessorDied>();
        Register<TaskMovesRequest>();
        Register<TaskMoves>();
        Register<TransfersMeasured>();
        Register<DataReplies>();
        Register<ComputeInputs>();
        Register<WorkerInventory>();
        Register<AttemptsNoted>();
        Register<SubmissionKept>();
        Register<DatasetNoted>();
        Register<SharedNoted>();
        Register<SharedAnswered>();
        Register<InputsKept>();
        Register<ActorCall>();
        Register<ActorReply>();
        Register<ActorRepliesTaken>();
        Register<ClaimTasks>();
        Register<SpansNoted>();
        Register<TaskGroupsRequest>();
        Register<TaskGroupsReply>();
        Register<EventLogged>();
        Register<EventsRequest>();
        Register<TopicSubscribed>();
        Register<TopicEvents>();
        Register<TaskStreamRequest>();
        Register<TaskStreamReply>();
    }

    /// <summary>Every kind of message that this build can read and write.</summary>
    public static IEnumerable<MessageKind> Kinds =>
        Enumerable.Range(0, s_create.Length).Where(kind => s_create[kind] is not null).Select(kind => (MessageKind)kind);

    /// <summary>An empty message of <paramref name="kind"/>.</summary>
    /// <exception cref="MessagePackException">There is no such kind.</exception>
    public static Message Create(MessageKind kind) =>
        (uint)kind < (uint)s_create.Length && s_create[(int)kind] is { } create
            ? create()
            : throw new MessagePackException("a message kind of this protocol version", $"kind {(int)kind}", 0);

    /// <summary>Writes the message without its attachments.</summary>
    public static void Write(ref MessagePackWriter writer, Message message)
    {
        writer.WriteArrayHeader(2);
        writer.Write((int)message.Kind);
        writer.WriteArrayHeader(s_fieldCounts[(int)message.Kind]);
        MessageFields.Write(ref writer, message);
    }

    /// <summary>Reads a message; it keeps nothing of the bytes that the reader lies over.</summary>
    /// <exception cref="MessagePackException">The bytes are no message; says what was expected, and where.</exception>
    public static Message Read(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader(2);
        var kind = (MessageKind)reader.ReadInt32();
        var message = MessagePool.TryTake(kind) ?? Create(kind);
        int known = s_fieldCounts[(int)message.Kind];
        int fields = reader.ReadArrayHeader();
        if (fields < known)
            throw new MessagePackException($"{message.Kind} with {known} fields", $"{fields} fields", reader.Consumed);
        MessageFields.Read(ref reader, message);
        for (int i = known; i < fields; i++)
            reader.Skip();
        return message;
    }

    private static void Register<T>()
        where T : Message, new()
    {
        var message = new T();
        s_create[(int)message.Kind] = static () => new T();
        s_fieldCounts[(int)message.Kind] = MessageFields.CountOf(message);
    }
}
