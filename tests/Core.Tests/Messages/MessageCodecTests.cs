using System.Buffers;
using System.Collections;
using System.Reflection;

namespace TaskGraph.Messages.Tests;

public class MessageCodecTests
{
    public static TheoryData<MessageKind> AllKinds => new(MessageCodec.Kinds.ToArray());

    [Fact]
    public void Every_kind_has_a_message()
    {
        Assert.Equal(Enum.GetValues<MessageKind>().Order(), MessageCodec.Kinds.Order());
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Any_message_survives_the_wire(MessageKind kind)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var message = MessageGenerator.Create(kind, seed);
            var read = Decode(Encode(message));
            Assert.Equal(Describe(message), Describe(read));
        }
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Every_truncation_of_a_message_is_refused(MessageKind kind)
    {
        byte[] bytes = Encode(MessageGenerator.Create(kind, 7));
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] truncated = bytes[..length];
            Assert.Throws<MessagePackException>(() => Decode(truncated));
        }
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void A_flipped_byte_is_refused_or_read_and_never_allocates_without_bound(MessageKind kind)
    {
        byte[] bytes = Encode(MessageGenerator.Create(kind, 3));
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x5a;
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Decode(damaged);
            }
            catch (MessagePackException exception)
            {
                Assert.NotEmpty(exception.Message);
            }

            // The widest row of any message is below 256 bytes; announced rows are bounded.
            long bound = (Protocol.MaxMessageRows * 256L) + (1 << 20);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bound);
        }
    }

    [Fact]
    public void Neighbouring_ids_of_one_submission_cost_no_bytes_each()
    {
        var message = new ReleaseTasks();
        for (int i = 0; i < 10_000; i++)
            message.Tasks.Add(new TaskId(0xfeed, 1_000 + i));
        Assert.InRange(Encode(message).Length, 1, 32);
    }

    [Fact]
    public void An_option_that_nobody_uses_costs_a_byte_per_message()
    {
        var message = new FreeTasks();
        for (int i = 0; i < 10_000; i++)
        {
            message.Tasks.Add(new TaskId(1, i));
            message.Attempts.Add(1);
        }

        Assert.InRange(Encode(message).Length, 1, 40);
    }

    [Fact]
    public void Absent_columns_read_as_their_defaults()
    {
        var message = new SubmitTasks { Count = 3, KeyForm = KeyForm.Unique };
        var read = (SubmitTasks)Decode(Encode(message));
        Assert.Equal([-1, -1, -1], read.RestrictionIndex.Span.ToArray());
        Assert.Equal([0, 0, 0], read.Retries.Span.ToArray());
        Assert.Equal(3, read.Arguments.Count);
    }

    [Fact]
    public void Fields_that_a_newer_peer_appends_are_skipped()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write((int)MessageKind.Goodbye);
        writer.WriteArrayHeader(3);
        writer.Write("bye");
        writer.Write(17);
        writer.WriteArrayHeader(0);
        writer.Flush();
        Assert.Equal("bye", ((Goodbye)Decode(buffer.WrittenSpan)).Reason);
    }

    private static byte[] Encode(Message message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        MessageCodec.Write(ref writer, message);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static Message Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        var message = MessageCodec.Read(ref reader);
        Assert.True(reader.End);
        return message;
    }

    private static string Describe(object? value) => value switch
    {
        null => "null",
        string text => text,
        BlobColumn blobs => Describe(Enumerable.Range(0, blobs.Count).Select(i => Convert.ToHexString(blobs[i]))),
        IEnumerable many => "[" + string.Join(",", many.Cast<object?>().Select(Describe)) + "]",
        Message message => message.Kind + string.Join(";", Properties(message).Select(p => Describe(p.GetValue(message)))),
        _ when IsColumn(value.GetType()) => Describe(value.GetType().GetField("_values", Private)!.GetValue(value) is Array all
            ? all.Cast<object>().Take((int)value.GetType().GetProperty("Count")!.GetValue(value)!)
            : null),
        _ => value.ToString() ?? "",
    };

    private const BindingFlags Private = BindingFlags.NonPublic | BindingFlags.Instance;

    private static IEnumerable<PropertyInfo> Properties(Message message) =>
        message.GetType().GetProperties().Where(p => p.Name is not (nameof(Message.Attachments) or nameof(Message.Kind)));

    private static bool IsColumn(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(MessageColumn<>);
}
