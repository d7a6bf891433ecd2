using System.Buffers;
using TaskGraph;
using TaskGraph.Messages;

namespace Worker.Tests.Server;

/// <summary>Builds what a scheduler sends.</summary>
internal static class Tasks
{
    public static TaskId T(int index) => new(99, index);

    /// <summary>A ComputeTasks with one task.</summary>
    public static ComputeTasks Compute(
        int task,
        Hash128 function,
        byte[]? arguments = null,
        (int Task, int[] Holders)[]? inputs = null,
        int attempt = 1,
        int timeoutMs = 0,
        ComputeFlags flags = ComputeFlags.None,
        string name = "")
    {
        var message = new ComputeTasks();
        message.Tasks.Add(T(task));
        message.Attempts.Add(attempt);
        message.Priorities.Add(task);
        message.Functions.Add(function);
        message.FunctionIndex.Add(0);
        message.Arguments.Add(arguments ?? []);
        message.TimeoutMs.Add(timeoutMs);
        message.Flags.Add((byte)flags);
        message.KeyNames.Add(System.Text.Encoding.UTF8.GetBytes(name));
        foreach (var (input, holders) in inputs ?? [])
        {
            message.Dependencies.Add(T(input));
            message.DependencyBytes.Add(100);
            message.Holders.AddRange(holders);
            message.HolderEnds.Add(message.Holders.Count);
        }

        message.DependencyEnds.Add(message.Dependencies.Count);
        return message;
    }

    /// <summary>Encoded arguments, written one after the other.</summary>
    public static byte[] Arguments(WriteArguments write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new ArgumentWriter(output);
        write(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public delegate void WriteArguments(ref ArgumentWriter writer);

    public static byte[] Value<T>(T value) =>
        Arguments((ref ArgumentWriter writer) => writer.Value(value, PayloadCodecs.For<T>()));

    public static byte[] Inputs(int count) => Arguments((ref ArgumentWriter writer) =>
    {
        for (var i = 0; i < count; i++)
            writer.Dependency(i);
    });

    public static T Inline<T>(TasksFinished finished) =>
        PayloadCodecs.Decode<T>(new Payload(finished.InlineValues[0].ToArray()));
}
