namespace TaskGraph.Scheduler.Machine;

/// <content>What work and bytes cost on this worker: learned from its answers, since no two machines are alike.</content>
internal sealed partial class SchedulerWorker
{
    /// <summary><see cref="Slowness"/> of a worker that is as fast as the functions' means.</summary>
    private const int Par = 1024;

    /// <summary>One run may be unlike the others for its arguments: it counts as at most so many times slower.</summary>
    private const int MaxFactor = 8;

    private const int SpeedSmoothing = 16;
    private const int LinkSmoothing = 4;

    /// <summary>By number of the worker at the other end: bytes per microsecond from there, 0 = not measured.</summary>
    private float[] _links = [];

    private float _bytesPerUs;

    /// <summary>Its durations over the functions' means, in 1/1024: 2048 = takes twice as long.</summary>
    public int Slowness { get; private set; } = Par;

    /// <summary>Microseconds that the tasks which run longer than expected may still take.</summary>
    public long OverrunUs { get; set; }

    /// <summary>Estimated microseconds until it has done what it was given: what the least loaded worker has least of.</summary>
    public long Load => (Threads == 1 ? Scaled(OccupancyUs) : Scaled(OccupancyUs) / Threads) + OverrunUs;

    /// <summary>Its memory limit in bytes, <see cref="long.MaxValue"/> = none.</summary>
    public long MemoryLimit { get; } = hello.MemoryLimitBytes > 0 ? hello.MemoryLimitBytes : long.MaxValue;

    /// <summary>Bytes that its process may still take, as it last said.</summary>
    public long FreeBytes => MemoryLimit == long.MaxValue ? long.MaxValue : MemoryLimit - ProcessBytes;

    /// <summary>Bytes that it can hold before it begins to spill: 60 % of its limit.</summary>
    public long RoomBytes => MemoryLimit == long.MaxValue ? long.MaxValue : MemoryLimit / 10 * 6;

    /// <summary>What takes so long on the mean worker, here.</summary>
    public long Scaled(long meanUs) => meanUs * Slowness / Par;

    /// <summary>Takes in one run of a function that takes <paramref name="meanUs"/> on the mean worker.</summary>
    public void MeasureSpeed(long durationUs, long meanUs)
    {
        long sample = Math.Clamp(durationUs * Par / meanUs, Par / MaxFactor, Par * MaxFactor);
        Slowness += (int)(sample - Slowness) / SpeedSmoothing;
    }

    /// <summary>Takes in one transfer from another worker.</summary>
    public void MeasureTransfer(int source, long bytes, long durationUs)
    {
        float sample = bytes / (float)Math.Max(1, durationUs);
        if (source >= _links.Length)
            Array.Resize(ref _links, Math.Max(source + 1, _links.Length * 2));
        _links[source] = Smoothed(_links[source], sample);
        _bytesPerUs = Smoothed(_bytesPerUs, sample);
    }

    /// <summary>
    /// Microseconds that so many bytes take from another worker: by what this link has done, else by what links to here
    /// have done, else by <paramref name="unknownBytesPerUs"/>.
    /// </summary>
    public long TransferUs(int source, long bytes, long unknownBytesPerUs)
    {
        float link = (uint)source < (uint)_links.Length ? _links[source] : 0;
        if (link == 0)
            link = _bytesPerUs > 0 ? _bytesPerUs : unknownBytesPerUs;
        return (long)(bytes / link);
    }

    /// <summary>Notes that it has answered: what ran too long has ended, or its end is as far away as any other's.</summary>
    public void Answered(long now)
    {
        LastAnswer = now;
        OverrunUs = 0;
    }

    private static float Smoothed(float mean, float sample) => mean == 0 ? sample : mean + ((sample - mean) / LinkSmoothing);
}
