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
