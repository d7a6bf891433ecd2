using System.Runtime.CompilerServices;
using TaskGraph.Messages;

namespace TaskGraph.Worker.Machine;

/// <summary>Up to four worker numbers that hold a value; the scheduler names at most three.</summary>
[InlineArray(Capacity)]
internal struct HolderList
{
    public const int Capacity = 4;

    private int _first;
}

/// <summary>One row of the task table. Rows are reused; <see cref="Serial"/> tells two tenants apart.</summary>
internal struct WorkerTask
{
    public TaskId Id;
    public long Priority;
    public long Bytes;

    /// <summary>Number of the latest dispatch, −1 when the task is only an input here.</summary>
    public int Attempt;

    /// <summary>Number of this tenancy of the row.</summary>
    public int Serial;

    public WorkerTaskState State;

    /// <summary>In Cancelled and Resumed: what still has to end (Executing, LongRunning or Flight).</summary>
    public WorkerTaskState Previous;

    /// <summary>In Resumed: what follows then (Waiting or Fetch).</summary>
    public WorkerTaskState Next;

    public Residence Residence;

    /// <summary>In Memory: the value is on disk as well, so that it need not be written again.</summary>
    public bool HasFile;

    /// <summary>In Memory: too small to be worth a file, or it cannot be encoded.</summary>
    public bool StaysInMemory;

    /// <summary>In Memory: it stands in the list of values that may be spilled.</summary>
    public bool IsSpillable;

    /// <summary>In Ready and while it runs: it pins its inputs.</summary>
    public bool IsStaged;

    public ComputeFlags Flags;

    /// <summary>The scheduler has freed the value, but tasks here still use it.</summary>
    public bool FreeWhenUnused;

    /// <summary>The scheduler asked for the task back; the executor has been asked whether it has started.</summary>
    public bool RetractAsked;

    /// <summary>Whether the fields below, up to the edges, describe a task to be run here.</summary>
    public bool HasSpec;

    public int Function;
    public int TimeoutMs;
    public byte[]? ArgumentBlob;
    public int ArgumentStart;
    public int ArgumentLength;
    public byte[]? NameBlob;
    public int NameStart;
    public int NameLength;

    /// <summary>First edge to an input, −1 = none.</summary>
    public int FirstInput;
    public int InputCount;

    /// <summary>First edge from a task here that needs this value, −1 = none.</summary>
    public int FirstDependent;
    public int DependentCount;

    /// <summary>In Waiting: inputs that are not here, plus one while the function's code is not.</summary>
    public int WaitingFor;

    /// <summary>In Ready, staged: inputs that are being loaded from disk.</summary>
    public int LoadingFor;

    /// <summary>Edges from staged tasks: while there are any, the value stays in memory.</summary>
    public int PinCount;

    /// <summary>Number of the write or read under way, 0 = none.</summary>
    public int Ticket;

    /// <summary>Neighbours in the list of values that may be spilled, −1 = none.</summary>
    public int Older;
    public int Newer;

    public HolderList Holders;
    public int HolderCount;

    /// <summary>Free list link.</summary>
    public int NextFree;

    /// <summary>Whether <paramref name="worker"/> is a known holder.</summary>
    public readonly bool IsHeldBy(int worker)
    {
        for (var i = 0; i < HolderCount; i++)
        {
            if (Holders[i] == worker)
                return true;
        }

        return false;
    }

    /// <summary>Adds a holder unless it is known or the list is full.</summary>
    public bool AddHolder(int worker)
    {
        if (HolderCount == HolderList.Capacity || IsHeldBy(worker))
            return false;
        Holders[HolderCount++] = worker;
        return true;
    }

    /// <summary>Strikes a holder off.</summary>
    public void RemoveHolder(int worker)
    {
        for (var i = 0; i < HolderCount; i++)
        {
            if (Holders[i] == worker)
            {
                Holders[i] = Holders[--HolderCount];
                return;
            }
        }
    }
}
