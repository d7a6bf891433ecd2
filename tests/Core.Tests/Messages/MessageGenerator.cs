using System.Reflection;

namespace TaskGraph.Messages.Tests;

/// <summary>Random well-formed messages: every column gets the length that the others ask for.</summary>
internal static class MessageGenerator
{
    public static Message Create(MessageKind kind, int seed)
    {
        var random = new Random((seed * 397) ^ (int)kind);
        var message = MessageCodec.Create(kind);
        int rows = random.Next(6);
        foreach (var property in message.GetType().GetProperties())
        {
            if (property.CanWrite && property.Name != nameof(Message.Attachments))
                property.SetValue(message, Scalar(property.PropertyType, random));
        }

        switch (message)
        {
            case SubmitTasks submit:
                FillSubmit(submit, rows, random);
                break;
            case ComputeTasks compute:
                FillCompute(compute, rows, random);
                break;
            case ComputeInputs inputs:
                Fill(inputs.Dependencies, rows, random);
                Fill(inputs.DependencyBytes, rows, random);
                Fill(inputs.Holders, FillEnds(inputs.HolderEnds, rows, random), random);
                break;
            case TasksFinished finished:
                FillRows(message, rows, random, nameof(finished.InlineRows), nameof(finished.InlineValues));
                FillInline(finished.InlineRows, finished.InlineValues, rows, random);
                break;
            case TasksInMemory inMemory:
                FillRows(message, rows, random, nameof(inMemory.InlineRows), nameof(inMemory.InlineValues));
                FillInline(inMemory.InlineRows, inMemory.InlineValues, rows, random);
                break;
            case InputsKept kept:
                FillRows(message, rows, random, nameof(kept.InputEnds), nameof(kept.Inputs));
                Fill(kept.Inputs, FillEnds(kept.InputEnds, rows, random), random);
                break;
            case WhoHasReply reply:
                FillRows(message, rows, random, nameof(reply.HolderEnds), nameof(reply.Holders));
                Fill(reply.Holders, FillEnds(reply.HolderEnds, rows, random), random);
                break;
            case HoldersRefreshed refreshed:
                FillRows(message, rows, random, nameof(refreshed.HolderEnds), nameof(refreshed.Holders));
                Fill(refreshed.Holders, FillEnds(refreshed.HolderEnds, rows, random), random);
                break;
            case CoordinationReply reply:
                reply.Count = rows;
                Fill(reply.Values, rows, random);
                Fill(reply.Keys, FillEnds(reply.TaskEnds, rows, random), random);
                break;
            default:
                FillRows(message, rows, random);
                break;
        }

        return message;
    }

    private static void FillSubmit(SubmitTasks submit, int rows, Random random)
    {
        submit.Count = rows;
        submit.KeyForm = (KeyForm)random.Next(4);
        int dependencies = FillEnds(submit.DependencyEnds, rows, random);
        Fill(submit.Dependencies, dependencies, random);
        Fill(submit.Functions, random.Next(3), random);
        Fill(submit.KeyHashes, submit.KeyForm == KeyForm.Hashed ? rows : 0, random);
        Fill(submit.KeyNames, submit.KeyForm == KeyForm.Named ? rows : 0, random);
        submit.Restrictions.Add(["pi0", "pi1"]);
        foreach (var column in new[] { submit.FunctionIndex, submit.Order, submit.UserPriority, submit.Retries })
            Fill(column, rows, random);
        Fill(submit.TimeoutMs, rows, random);
        Fill(submit.RestrictionIndex, rows, random);
        submit.ResourceSets.Add([new ResourceAmount("GPU", 1)]);
        Fill(submit.ResourceIndex, rows, random);
        Fill(submit.Flags, rows, random);
        Fill(submit.Arguments, rows, random);
        Fill(submit.InputsAhead, random.Next(4), random);
    }

    private static void FillCompute(ComputeTasks compute, int rows, Random random)
    {
        int dependencies = FillEnds(compute.DependencyEnds, rows, random);
        int holders = FillEnds(compute.HolderEnds, dependencies, random);
        Fill(compute.Dependencies, dependencies, random);
        Fill(compute.DependencyBytes, dependencies, random);
        Fill(compute.Holders, holders, random);
        Fill(compute.Functions, random.Next(3), random);
        FillRows(
            compute,
            rows,
            random,
            nameof(compute.DependencyEnds),
            nameof(compute.HolderEnds),
            nameof(compute.Dependencies),
            nameof(compute.DependencyBytes),
            nameof(compute.Holders),
            nameof(compute.Functions));
    }

    private static void FillRows(Message message, int rows, Random random, params string[] except)
    {
        foreach (var property in message.GetType().GetProperties().Where(p => !except.Contains(p.Name)))
        {
            switch (property.GetValue(message))
            {
                case MessageColumn<TaskId> column: Fill(column, rows, random); break;
                case MessageColumn<int> column: Fill(column, rows, random); break;
                case MessageColumn<long> column: Fill(column, rows, random); break;
                case MessageColumn<ulong> column: Fill(column, rows, random); break;
                case MessageColumn<byte> column: Fill(column, rows, random); break;
                case MessageColumn<Hash128> column: Fill(column, rows, random); break;
                case BlobColumn column: Fill(column, rows, random); break;
                case List<string> list: list.AddRange(Enumerable.Range(0, rows).Select(i => $"pi{i}")); break;
                case List<TaskError> list: FillErrors(list, rows, random); break;
                case List<WorkerInfo> list: list.AddRange(Enumerable.Range(0, rows).Select(Worker)); break;
                case List<KeyValuePair<string, long>> list: list.Add(new("Memory", random.NextInt64())); break;
            }
        }
    }

    private static WorkerInfo Worker(int i) =>
        new(i, $"w{i}", $"tcp://pi{i}:1", $"pi{i}", 100 + i, 4, 1L << 30, "running", 1, 2, 3, 4, 5.5);

    private static void FillErrors(List<TaskError> errors, int rows, Random random)
    {
        for (int i = 0; i < rows; i++)
        {
            errors.Add(i > 0 && random.Next(2) == 0
                ? errors[i - 1]
                : new TaskError(TaskErrorKind.Exception, "System.Exception", $"boom {i}", "at A", $"key-{i}", "w0"));
        }
    }

    private static int FillEnds(MessageColumn<int> ends, int rows, Random random)
    {
        int end = 0;
        for (int i = 0; i < rows; i++)
            ends.Add(end += random.Next(3));
        return end;
    }

    private static void FillInline(MessageColumn<int> inlineRows, BlobColumn values, int rows, Random random)
    {
        for (int i = 0; i < rows; i++)
        {
            if (random.Next(2) == 0)
            {
                inlineRows.Add(i);
                Fill(values, 1, random);
            }
        }
    }

    private static void Fill<T>(MessageColumn<T> column, int rows, Random random)
        where T : unmanaged, IEquatable<T>
    {
        bool uniform = random.Next(3) == 0;
        for (int i = 0; i < rows; i++)
            column.Add(uniform && i > 0 ? column[0] : (T)Scalar(typeof(T), random)!);
    }

    private static void Fill(BlobColumn column, int rows, Random random)
    {
        for (int i = 0; i < rows; i++)
        {
            byte[] bytes = new byte[random.Next(5)];
            random.NextBytes(bytes);
            column.Add(bytes);
        }
    }

    private static object? Scalar(Type type, Random random) => type switch
    {
        _ when type == typeof(int) => random.Next(),
        _ when type == typeof(long) => random.NextInt64(),
        _ when type == typeof(ulong) => (ulong)random.NextInt64() << random.Next(2),
        _ when type == typeof(byte) => (byte)random.Next(256),
        _ when type == typeof(bool) => random.Next(2) == 0,
        _ when type == typeof(double) => random.NextDouble(),
        _ when type == typeof(string) => $"text {random.Next(100)} é",
        _ when type == typeof(byte[]) => Encoding(random),
        _ when type == typeof(string[]) => new[] { "a", "b" },
        _ when type == typeof(Guid) => new Guid(random.Next(), 1, 2, [1, 2, 3, 4, 5, 6, 7, 8]),
        _ when type == typeof(TaskId) => new TaskId((ulong)random.Next(3), random.Next(100)),
        _ when type == typeof(Hash128) => new Hash128((ulong)random.NextInt64(), (ulong)random.NextInt64()),
        _ when type == typeof(TaskError) => random.Next(2) == 0 ? null : new TaskError(TaskErrorKind.Timeout, "T", "m", "", "k", "w"),
        _ when type.IsEnum => Enum.ToObject(type, random.Next(3)),
        _ => throw new InvalidOperationException($"No generator for {type}."),
    };

    private static byte[] Encoding(Random random)
    {
        byte[] bytes = new byte[random.Next(8)];
        random.NextBytes(bytes);
        return bytes;
    }
}
