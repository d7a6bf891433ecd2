using FsCheck;
using FsCheck.Fluent;
using TaskGraph.Messages;
using TaskGraph.Transport.Frames;

namespace TaskGraph.Transport.Tests.Frames;

public sealed class FrameRoundTripTests
{
    [Fact]
    public void Any_batches_of_messages_survive_any_cutting_of_the_stream()
    {
        var message = Gen.OneOf(
            Gen.Choose(0, int.MaxValue).Select(n => (Message)new Heartbeat { StoredBytes = n }),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => (Message)new Goodbye { Reason = Clean(s.Get) }),
            Gen.Choose(0, 40_000).Select(n => (Message)new FunctionResult { Value = Pattern(n) }),
            Gen.Choose(0, 300).Select(Columns),
            Gen.Choose(0, 9000).ListOf().Select(sizes => (Message)new PutData { Attachments = Attached(sizes) }));
        var batches = message.ListOf().Select(list => list.ToArray()).ListOf().Select(list => list.ToArray());
        var pieces = Gen.Choose(1, 30_000).NonEmptyListOf().Select(list => list.ToArray());
        Prop.ForAll(batches.ToArbitrary(), pieces.ToArbitrary(), ArbMap.Default.ArbFor<bool>(), (sent, cuts, check) =>
        {
            var bytes = FrameBytes.Of(check, sent);
            var received = FrameBytes.Feed(FrameBytes.Reader(), bytes, cuts);
            return received.Select(FrameBytes.Text).SequenceEqual(sent.SelectMany(b => b).Select(FrameBytes.Text));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_bytes_are_refused_or_waited_on()
    {
        Prop.ForAll<byte[]>(noise =>
        {
            byte[] bytes = [.. Magic.Bytes, .. FrameBytes.Of(new Heartbeat())[Magic.Bytes.Length..], .. noise];
            try
            {
                return FrameBytes.Feed(FrameBytes.Reader(), bytes, 100_000).Count == 1;
            }
            catch (ProtocolException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();
    }

    private static Message Columns(int rows)
    {
        var message = new TasksFinished();
        for (var i = 0; i < rows; i++)
        {
            message.Tasks.Add(new TaskId(3, i));
            message.Attempts.Add(i);
            message.Bytes.Add(i);
            message.DurationUs.Add(i);
        }

        return message;
    }

    private static ReadOnlyMemory<byte>[] Attached(IEnumerable<int> sizes) =>
        sizes.Take(20).Select(size => new ReadOnlyMemory<byte>(Pattern(size))).ToArray();

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    // Lone surrogates are no text and cannot travel.
    private static string Clean(string text) => string.Concat(text.Where(c => !char.IsSurrogate(c)));
}
