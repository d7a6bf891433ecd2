namespace TaskGraph.Messages;

/// <summary>Client to scheduler: run these failed tasks again, each from the inputs on that failed first.</summary>
public sealed class RetryTasks : Message
{
    public override MessageKind Kind => MessageKind.RetryTasks;

    public ulong RequestId { get; set; }

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        fields.Tasks(Tasks);
    }
}

/// <summary>Scheduler to client: these tasks had failed, and are under way again.</summary>
public sealed class TasksRetried : Message
{
    public override MessageKind Kind => MessageKind.TasksRetried;

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields) => fields.Tasks(Tasks);
}

/// <summary>Scheduler to client: an operation has ended; it answers everything of this file that has a RequestId.</summary>
public sealed class OperationReply : Message
{
    public override MessageKind Kind => MessageKind.OperationReply;

    public ulong RequestId { get; set; }

    /// <summary>Why it failed, in one line; empty = it succeeded.</summary>
    public string Error { get; set; } = "";

    /// <summary>What was done, in words for people; may be empty.</summary>
    public string Summary { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Error = fields.Value(Error);
        Summary = fields.Value(Summary);
    }
}

/// <summary>Scheduler to worker: fetch these values and keep a copy; answered value by value.</summary>
public sealed class AcquireReplicas : Message
{
    public override MessageKind Kind => MessageKind.AcquireReplicas;

    public MessageColumn<TaskId> Tasks { get; } = new();

    /// <summary>Per task: bytes of the value at its holder.</summary>
    public MessageColumn<long> Bytes { get; } = new();

    /// <summary>Per task: the number of a worker that holds it.</summary>
    public MessageColumn<int> Holders { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        int rows = fields.Tasks(Tasks);
        fields.Column(Bytes, rows);
        fields.Column(Holders, rows);
    }
}

/// <summary>Worker to scheduler: these values could not be copied here. Those that could: ReplicasAdded.</summary>
public sealed class ReplicasNotAcquired : Message
{
    public override MessageKind Kind => MessageKind.ReplicasNotAcquired;

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields) => fields.Tasks(Tasks);
}

/// <summary>Client to scheduler: keep so many copies of these values, no more and no fewer.</summary>
public sealed class ReplicateTasks : Message
{
    public override MessageKind Kind => MessageKind.ReplicateTasks;

    public ulong RequestId { get; set; }

    /// <summary>How many workers are to hold each value; more than there are means all.</summary>
    public int Copies { get; set; }

    public MessageColumn<TaskId> Tasks { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Copies = fields.Value(Copies);
        fields.Tasks(Tasks);
    }
}

/// <summary>Client to scheduler: even out the bytes that workers hold.</summary>
public sealed class RebalanceWorkers : Message
{
    public override MessageKind Kind => MessageKind.RebalanceWorkers;

    public ulong RequestId { get; set; }

    protected internal override void Fields(ref MessageFields fields) => RequestId = fields.Value(RequestId);
}

/// <summary>Client to scheduler: have these workers end without losing what only they hold.</summary>
public sealed class RetireWorkers : Message
{
    public override MessageKind Kind => MessageKind.RetireWorkers;

    public ulong RequestId { get; set; }

    /// <summary>Names, addresses or hosts.</summary>
    public string[] Workers { get; set; } = [];

    /// <summary>Where none are named: how many the scheduler is to choose, idle ones with little data first.</summary>
    public int Count { get; set; }

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Workers = fields.Strings(Workers);
        Count = fields.Value(Count);
    }
}

/// <summary>Client to scheduler: why is the task where it is? Answered in words by an OperationReply.</summary>
public sealed class StoryRequest : Message
{
    public override MessageKind Kind => MessageKind.StoryRequest;

    public ulong RequestId { get; set; }

    /// <summary>The task, where <see cref="Key"/> is empty.</summary>
    public TaskId Task { get; set; }

    /// <summary>The task's name, as the user gave it or as futures show it.</summary>
    public string Key { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Task = fields.Value(Task);
        Key = fields.Value(Key);
    }
}

/// <summary>Client to scheduler: the next piece of the cluster's state.</summary>
public sealed class DumpRequest : Message
{
    public override MessageKind Kind => MessageKind.DumpRequest;

    public ulong RequestId { get; set; }

    /// <summary>The first task's place; −1 = scheduler, workers and clients, or the worker without its tasks.</summary>
    public int From { get; set; }

    /// <summary>Name or address of the worker whose own state is meant; empty = the scheduler's.</summary>
    public string Worker { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        From = fields.Value(From);
        Worker = fields.Value(Worker);
    }
}

/// <summary>Answers <see cref="DumpRequest"/>.</summary>
public sealed class DumpReply : Message
{
    public override MessageKind Kind => MessageKind.DumpReply;

    public ulong RequestId { get; set; }

    /// <summary>UTF-8 JSON: an object for −1, an array of tasks for others.</summary>
    public byte[] Json { get; set; } = [];

    /// <summary>From where to go on; −1 = this was the last piece.</summary>
    public int Next { get; set; }

    /// <summary>Why there is nothing, in one line; empty = there is.</summary>
    public string Error { get; set; } = "";

    protected internal override void Fields(ref MessageFields fields)
    {
        RequestId = fields.Value(RequestId);
        Json = fields.Value(Json);
        Next = fields.Value(Next);
        Error = fields.Value(Error);
    }
}
