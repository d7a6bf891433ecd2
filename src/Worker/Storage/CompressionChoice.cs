namespace TaskGraph.Worker.Storage;

/// <summary>
/// Whether the next block is compressed. One block in 32 is tried out; those after it are compressed if that one shrank
/// by a tenth and the time it took is less than what writing the saved bytes takes on this disk, or if bytes count more
/// than time (a write budget, a limited disk).
/// </summary>
internal sealed class CompressionChoice(bool doBytesCount)
{
    private const int SampleInterval = 32;
    private const int LeastBytes = 4096;

    // Until the first blocks have been timed: a middling disk.
    private double _secondsPerByte = 1 / 200e6;
    private int _untilSample;
    private bool _pays;

    /// <summary>
    /// Whether to try a block of so many bytes; if so, <see cref="Encoded"/> is to be told how it went. Small blocks say
    /// nothing of those that follow.
    /// </summary>
    public bool IsTried(int raw) => raw >= LeastBytes && (--_untilSample < 0 || _pays);

    /// <summary>A block was tried out.</summary>
    /// <param name="raw">Its raw length.</param>
    /// <param name="stored">Its length in LZ4; negative = it shrank by less than a tenth.</param>
    /// <param name="seconds">How long that took.</param>
    public void Encoded(int raw, int stored, double seconds)
    {
        if (_untilSample < 0)
            _untilSample = SampleInterval;
        _pays = stored >= 0 && (doBytesCount || (raw - stored) * _secondsPerByte > seconds);
    }

    /// <summary>So many bytes were written.</summary>
    public void Written(int bytes, double seconds) => _secondsPerByte += ((seconds / bytes) - _secondsPerByte) / 8;
}
