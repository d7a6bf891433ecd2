namespace TaskGraph.Messages;

/// <summary>The tags of all messages. Numbers are the wire format: they are never reused.</summary>
public enum MessageKind
{
    // Opening a connection.
    Hello = 1,
    Welcome = 2,
    Refusal = 3,

    // Both ways.
    Heartbeat = 8,
    Goodbye = 9,

    // Client to scheduler.
    SubmitTasks = 16,
    ReleaseTasks = 17,
    CancelTasks = 18,
    WhoHas = 19,
    RegisterData = 20,
    ClusterInfoRequest = 21,
    RunOnWorkers = 22,
    TasksHeld = 23,

    // Scheduler to client.
    SubmissionReply = 32,
    TasksInMemory = 33,
    TasksErred = 34,
    TasksCancelled = 35,
    TasksLost = 36,
    WhoHasReply = 37,
    ClusterInfo = 38,
    RunReply = 39,

    // Scheduler to worker.
    ComputeTasks = 48,
    FreeTasks = 49,
    RetractTasks = 50,
    AbortTasks = 51,
    RunFunction = 52,
    HoldersRefreshed = 53,

    // Worker to scheduler.
    TasksFinished = 64,
    TasksFailed = 65,
    TasksRetracted = 66,
    TasksSeceded = 67,
    ReplicasAdded = 68,
    ReplicasRemoved = 69,
    DataMissing = 70,
    FunctionResult = 71,

    // Scheduler to client and worker.
    WorkersJoined = 80,
    WorkersLeft = 81,

    // Code, any direction.
    DefineFunction = 96,
    NeedAssemblies = 97,
    AssemblyBytes = 98,

    // Worker to scheduler to client.
    TasksReported = 104,

    // Data connections: worker to worker, client to worker.
    GetData = 112,
    DataReply = 113,
    PutData = 114,
    PutDataReply = 115,
    GroupData = 116,

    // Coordination: client to scheduler and back.
    CoordinationCall = 120,
    CoordinationReply = 121,
    RenewLeases = 122,
    LeasesRenewed = 123,
    CallsPending = 124,

    // Operations: 140 to 159.
    RetryTasks = 140,
    TasksRetried = 141,
    OperationReply = 142,
    AcquireReplicas = 143,
    ReplicasNotAcquired = 144,
    ReplicateTasks = 145,
    RebalanceWorkers = 146,
    RetireWorkers = 147,
    StoryRequest = 150,
    DumpRequest = 151,
    DumpReply = 152,
    ShutdownCluster = 153,
    RestartWorkers = 154,
    RestartProcess = 155,
    RunOnScheduler = 156,
    LogRequest = 157,
    LogReply = 158,
    WorkerLeaving = 159,
    TaskMovesRequest = 160,
    TaskMoves = 161,
    PredecessorDied = 162,

    // Data connections, continued: 185 to 189.
    DataReplies = 185,
    GetPiece = 186,
    ValuePiece = 187,

    // Placement: 190 to 199.
    TransfersMeasured = 190,

    // Scheduler to worker: tasks with very many inputs.
    ComputeInputs = 180,

    // Recovery: 215 to 229.
    WorkerInventory = 215,
    AttemptsNoted = 216,
    SubmissionKept = 217,
    DatasetNoted = 218,
    InputsKept = 219,

    // Coordination objects in a scheduler's journal: 230 to 239.
    SharedNoted = 230,
    SharedAnswered = 231,

    // Actors, on data connections: 200 to 209.
    ActorCall = 200,
    ActorReply = 201,
    ActorRepliesTaken = 202,

    // Client to scheduler: futures that came inside values.
    ClaimTasks = 203,

    // Statistics and news: 240 to 255.
    SpansNoted = 240,
    TaskGroupsRequest = 241,
    TaskGroupsReply = 242,
    EventLogged = 243,
    EventsRequest = 244,
    TopicSubscribed = 245,
    TopicEvents = 246,
    TaskStreamRequest = 247,
    TaskStreamReply = 248,
}
