using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TaskGraph.Diagnostics;
using TaskGraph.Messages;

namespace TaskGraph.Tests;

public class LogRingTests
{
    [Fact]
    public void The_last_ten_thousand_records_are_kept_and_read_in_pieces()
    {
        LogRing ring = new(NullLogger.Instance);
        for (int i = 0; i < LogRing.Capacity + 500; i++)
            ring.LogInformation("record {Number}", i);

        List<string> texts = [];
        int pieces = 0;
        for (long from = 0; from >= 0; pieces++)
        {
            LogReply reply = ring.Read(1, from);
            texts.AddRange(reply.Texts);
            from = reply.Next;
        }

        Assert.Equal(Enumerable.Range(500, LogRing.Capacity).Select(i => $"record {i}"), texts);
        Assert.True(pieces > 1);
    }

    [Fact]
    public void The_last_records_are_told_oldest_first_and_no_more_than_a_reply_holds()
    {
        LogRing ring = new(NullLogger.Instance);
        for (int i = 0; i < 300; i++)
            ring.LogInformation("record {Number}", i);
        Assert.Equal(["record 298", "record 299"], ring.Tail(2).Select(static one => one.Text));

        string text = new('x', 9_000);
        for (int i = 0; i < 100; i++)
            ring.LogInformation("{Text}", text);
        Assert.InRange(ring.Tail(100).Count, 2, 20);
    }

    [Fact]
    public void What_is_said_below_information_is_not_kept_and_exceptions_are()
    {
        LogRing ring = new(NullLogger.Instance);
        ring.LogDebug("chatter");
        ring.LogError(new InvalidOperationException("boom"), "it failed");

        LogReply reply = ring.Read(1, 0);

        Assert.Equal((byte)LogLevel.Error, reply.Levels[0]);
        Assert.StartsWith("it failed", Assert.Single(reply.Texts), StringComparison.Ordinal);
        Assert.Contains("boom", reply.Texts[0], StringComparison.Ordinal);
    }
}
