using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace TaskGraph;

/// <summary>
/// What the client believes of a lease. It believes less than the scheduler grants: the time counts from when a renewal
/// was sent, and the scheduler counts from when it arrives, so a lease ends here before somebody else can get it.
/// </summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "Without a timer there is nothing to dispose of, and users keep the token.")]
internal sealed class HeldLease(ulong token, string label, TimeSpan duration, long from)
{
    private readonly CancellationTokenSource _lost = new();
    private long _from = from;
    private volatile bool _isOver;

    public ulong Token { get; } = token;

    public string Label { get; } = label;

    public CancellationToken Lost => _lost.Token;

    /// <summary>Whether it holds now.</summary>
    public bool IsValid => !_isOver && Stopwatch.GetElapsedTime(Interlocked.Read(ref _from)) < duration;

    /// <summary>A renewal sent at <paramref name="from"/> was confirmed.</summary>
    public void Extend(long from)
    {
        if (IsValid && from > Interlocked.Read(ref _from))
            Interlocked.Exchange(ref _from, from);
    }

    /// <summary>It was given back, or nobody holds it any more: nothing is lost, and it is renewed no longer.</summary>
    public void GiveBack() => _isOver = true;

    /// <summary>It has ended against its holder's will.</summary>
    public void End()
    {
        if (_isOver)
            return;
        _isOver = true;
        // The user's callbacks run elsewhere: this is called under the client's lock.
        _ = _lost.CancelAsync();
    }
}
