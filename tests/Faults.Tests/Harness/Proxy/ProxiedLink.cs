using System.Net.Sockets;

namespace TaskGraph.Tests.Faults;

/// <summary>One connection through the proxy: two pumps and what is done to their bytes.</summary>
internal sealed class ProxiedLink
{
    private const int PieceBytes = 64 << 10;
    private const int BitsPerByte = 8;
    private const int Seed = 17;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    private readonly Socket _dialler;
    private readonly Socket _target;
    private volatile bool _isMute;
    private volatile bool _isReset;

    public ProxiedLink(Socket dialler, Socket target, Toxics upward, Toxics downward)
    {
        _dialler = dialler;
        _target = target;
        Ended = Task.WhenAll(PumpAsync(dialler, target, upward), PumpAsync(target, dialler, downward));
    }

    /// <summary>Completes when both directions have ended.</summary>
    public Task Ended { get; }

    public void Mute() => _isMute = true;

    public void Reset()
    {
        _isReset = true;
        _dialler.Close(0);
        _target.Close(0);
    }

    private async Task PumpAsync(Socket from, Socket to, Toxics toxics)
    {
        var random = new Random(Seed);

        // Frames can be told apart from a link's beginning only.
        var frames = toxics.WorksOnFrames ? new FrameMischief(toxics, random) : null;
        var buffer = new byte[PieceBytes];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                while ((toxics.IsSilent || _isMute) && !_isReset)
                    await Task.Delay(s_pause);
                if (toxics.Delay > TimeSpan.Zero)
                    await Task.Delay(toxics.Delay);
                var piece = buffer.AsMemory(0, read);
                Flip(piece.Span, toxics.BitsPerFlip, random);
                await SendAsync(to, frames?.Take(piece.Span) ?? piece, toxics);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One end is gone: the other learns of it as it would without a proxy.
            from.Close(0);
            to.Close(0);
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, Toxics toxics)
    {
        while (!bytes.IsEmpty)
        {
            var slice = Math.Min(bytes.Length, toxics.SliceBytes > 0 ? toxics.SliceBytes : bytes.Length);
            if (toxics.BytesPerSecond > 0)
            {
                // Small pieces, so that the rate is even and not a burst a second.
                slice = Math.Min(slice, Math.Max(1, toxics.BytesPerSecond / 50));
                await Task.Delay(TimeSpan.FromSeconds((double)slice / toxics.BytesPerSecond));
            }
            for (var sent = 0; sent < slice;)
                sent += await to.SendAsync(bytes[sent..slice]);
            bytes = bytes[slice..];
        }
    }

    private static void Flip(Span<byte> bytes, int bitsPerFlip, Random random)
    {
        if (bitsPerFlip == 0)
            return;
        for (long bit = random.Next(2 * bitsPerFlip); bit < (long)bytes.Length * BitsPerByte; bit += 1 + random.Next(2 * bitsPerFlip))
            bytes[(int)(bit / BitsPerByte)] ^= (byte)(1 << (int)(bit % BitsPerByte));
    }
}
