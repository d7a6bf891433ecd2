using System.Buffers;

namespace TaskGraph.Messages.Tests;

public class MessagePoolTests
{
    [Fact]
    public void A_message_that_was_given_back_is_read_into_again_and_holds_nothing_of_before()
    {
        for (var round = 0; round < 3; round++)
        {
            var read = Decode(round);

            Assert.Equal([new TaskId(1, round)], read.Tasks.Span.ToArray());
            Assert.Equal([round], read.Attempts.Span.ToArray());
            Assert.Equal([(byte)round], read.InlineValues[0].ToArray());
            Assert.Equal(1, read.InlineValues.Count);
            MessagePool.GiveBack(read);
        }
    }

    private static TasksFinished Decode(int number)
    {
        var message = new TasksFinished();
        message.Tasks.Add(new TaskId(1, number));
        message.Attempts.Add(number);
        message.Bytes.Add(number);
        message.DurationUs.Add(number);
        message.InlineRows.Add(0);
        message.InlineValues.Add([(byte)number]);
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        MessageCodec.Write(ref writer, message);
        writer.Flush();
        var reader = new MessagePackReader(buffer.WrittenSpan);
        return (TasksFinished)MessageCodec.Read(ref reader);
    }
}
