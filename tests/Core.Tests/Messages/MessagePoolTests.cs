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

    [Fact]
    public void A_chunk_that_was_given_back_is_read_into_again_and_holds_nothing_of_before()
    {
        var first = Chunk(KeyForm.Named, dependencies: 1);
        first.Restrictions.Add(["pi0"]);
        MessagePool.GiveBack((SubmitTasks)Decode(first));

        var read = (SubmitTasks)Decode(Chunk(KeyForm.Unique, dependencies: 0));

        Assert.Equal((Rows, Rows, Rows, 0), (read.Count, read.Flags.Count, read.Arguments.Count, read.Dependencies.Count));
        Assert.Equal((0, 0), (read.KeyNames.Count, read.Restrictions.Count));
        Assert.All(read.RestrictionIndex.Span.ToArray(), index => Assert.Equal(-1, index));
    }

    private const int Rows = 2000;

    private static SubmitTasks Chunk(KeyForm form, int dependencies)
    {
        var chunk = new SubmitTasks { Submission = 1, KeyForm = form, Count = Rows };
        for (var i = 0; i < Rows; i++)
        {
            for (var k = 0; k < dependencies; k++)
                chunk.Dependencies.Add(new TaskId(1, i));
            chunk.DependencyEnds.Add(chunk.Dependencies.Count);
            if (form == KeyForm.Named)
                chunk.KeyNames.Add([1]);
        }

        return chunk;
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
        return (TasksFinished)Decode(message);
    }

    private static Message Decode(Message message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        MessageCodec.Write(ref writer, message);
        writer.Flush();
        var reader = new MessagePackReader(buffer.WrittenSpan);
        return MessageCodec.Read(ref reader);
    }
}
