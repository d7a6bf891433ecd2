namespace TaskGraph.Tests.Faults;

/// <summary>What happens to the bytes of one direction.</summary>
internal sealed class Toxics
{
    private volatile bool _isSilent;

    /// <summary>Nothing passes; what has been sent meanwhile arrives afterwards, as TCP's repetitions would.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>Every piece waits so long.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Bytes per second; 0 = no limit.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>One bit in so many is flipped; 0 = none.</summary>
    public int BitsPerFlip { get; set; }

    /// <summary>Pieces of at most so many bytes; 0 = as they come.</summary>
    public int SliceBytes { get; set; }

    /// <summary>One frame in so many is sent twice; 0 = none. Holds for links made from then on.</summary>
    public int FramesPerDuplicate { get; set; }

    /// <summary>One frame in so many changes places with the next; 0 = none.</summary>
    public int FramesPerSwap { get; set; }

    public bool WorksOnFrames => FramesPerDuplicate > 0 || FramesPerSwap > 0;
}
