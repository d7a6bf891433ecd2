using TaskGraph.Messages;

namespace TaskGraph.Tests;

public class SubmissionWriterTests
{
    private static readonly FunctionDefinition s_function = FunctionEncoder.Encode((Func<int, int>)(static x => x + 1));

    [Fact]
    public void A_large_submission_is_cut_into_chunks_that_fit_into_frames_and_together_are_the_whole()
    {
        const int Tasks = 50_000;
        var writer = new SubmissionWriter(7, KeyForm.Range);
        for (var i = 0; i < Tasks; i++)
            writer.BeginTask(s_function, BitConverter.GetBytes(i), 0, i, isWanted: true, SubmitOptions.Default);
        SubmitTasks[] chunks = [.. writer.End(new Hash128(1, 2)).Chunks.Cast<SubmitTasks>()];

        Assert.True(chunks.Length > 1);
        Assert.Equal(Tasks, chunks.Sum(chunk => chunk.Count));
        Assert.All(chunks, chunk => Assert.InRange(EncodedLength(chunk), 1, Protocol.MaxControlFrameBytes / 2));
        Assert.All(chunks, chunk => Assert.Equal(new Hash128(1, 2), chunk.RangeKey));
        Assert.Equal([chunks[^1]], chunks.Where(chunk => chunk.IsLast));
        for (int i = 0, next = 0; i < chunks.Length; next += chunks[i++].Count)
            Assert.Equal(next, chunks[i].FirstIndex);
    }

    [Fact]
    public void Options_that_nobody_uses_leave_their_columns_empty_and_one_use_fills_the_column()
    {
        var writer = new SubmissionWriter(7, KeyForm.Unique);
        writer.BeginTask(s_function, [1], 0, 0, isWanted: true, SubmitOptions.Default);
        writer.BeginTask(s_function, [1], 0, 1, isWanted: true, new SubmitOptions { Retries = 3, Workers = ["pi0"] });
        writer.BeginTask(s_function, [1], 0, 2, isWanted: true, SubmitOptions.Default);
        var chunk = (SubmitTasks)writer.End().Chunks[0];

        Assert.Equal([0, 3, 0], chunk.Retries.Span.ToArray());
        Assert.Equal([-1, 0, -1], chunk.RestrictionIndex.Span.ToArray());
        Assert.Equal(["pi0"], Assert.Single(chunk.Restrictions));
        Assert.Equal(0, chunk.TimeoutMs.Count);
        Assert.Equal(0, chunk.UserPriority.Count);
    }

    [Fact]
    public void Dependencies_are_told_task_by_task()
    {
        var writer = new SubmissionWriter(7, KeyForm.Unique);
        writer.BeginTask(s_function, [], 0, 0, isWanted: false, SubmitOptions.Default);
        writer.BeginTask(s_function, [], 2, 1, isWanted: true, SubmitOptions.Default);
        writer.AddDependency(new TaskId(7, 0));
        writer.AddDependency(new TaskId(3, 9));
        writer.BeginTask(s_function, [], 1, 2, isWanted: true, SubmitOptions.Default);
        writer.AddDependency(new TaskId(7, 1));
        var chunk = (SubmitTasks)writer.End().Chunks[0];

        Assert.Equal([0, 2, 3], chunk.DependencyEnds.Span.ToArray());
        Assert.Equal([new TaskId(7, 0), new TaskId(3, 9), new TaskId(7, 1)], chunk.Dependencies.Span.ToArray());
        Assert.Equal([0, 1, 1], chunk.Flags.Span.ToArray().Select(flag => (int)flag));
    }

    [Fact]
    public void A_task_with_very_many_inputs_names_the_first_ones_in_chunks_ahead_of_it()
    {
        const int Inputs = 1_000_000;
        var writer = new SubmissionWriter(7, KeyForm.Unique);
        writer.BeginTask(s_function, [], 0, 0, isWanted: false, SubmitOptions.Default);
        writer.BeginTask(s_function, [], Inputs, 1, isWanted: true, SubmitOptions.Default);
        for (var i = 0; i < Inputs; i++)
            writer.AddDependency(new TaskId((ulong)(i & 1), i));
        writer.BeginTask(s_function, [], 1, 2, isWanted: true, SubmitOptions.Default);
        writer.AddDependency(new TaskId(7, 1));
        SubmitTasks[] chunks = [.. writer.End().Chunks.Cast<SubmitTasks>()];

        Assert.All(chunks, chunk => Assert.InRange(EncodedLength(chunk), 1, Protocol.MaxControlFrameBytes));
        Assert.Equal([0, .. Enumerable.Repeat(1, chunks.Length - 1)], chunks.Select(chunk => chunk.FirstIndex));
        Assert.Equal(3, chunks.Sum(chunk => chunk.Count));
        var named = 0;
        foreach (var chunk in chunks[1..])
        {
            Assert.Equal(named, chunk.InputsBefore);
            named += chunk.InputsAhead.Count;
        }

        Assert.Equal(Inputs, named + chunks[^1].DependencyEnds[0]);
        Assert.Equal(1, chunks[^1].DependencyEnds[1] - chunks[^1].DependencyEnds[0]);
    }

    [Fact]
    public void Arguments_that_fit_into_no_message_are_refused_with_the_function_s_name_and_the_way_out()
    {
        var writer = new SubmissionWriter(7, KeyForm.Unique);

        var error = Assert.Throws<TaskGraph.Transport.MessageTooLargeException>(() => writer.BeginTask(
            s_function, new byte[Protocol.MaxControlFrameBytes], 0, 0, isWanted: true, SubmitOptions.Default));

        Assert.Contains(s_function.Name, error.Message, StringComparison.Ordinal);
    }

    private static long EncodedLength(Message message)
    {
        var buffer = new ByteBuffer();
        var writer = new MessagePackWriter(buffer);
        MessageCodec.Write(ref writer, message);
        writer.Flush();
        return buffer.Count;
    }

    [Fact]
    public void Spans_are_told_in_runs_and_only_where_there_are_any()
    {
        var load = new SubmitOptions { Span = "load" };
        var writer = new SubmissionWriter(7, KeyForm.Unique);
        foreach (var options in new[] { SubmitOptions.Default, load, load, SubmitOptions.Default, load })
            writer.BeginTask(s_function, [1], 0, 0, isWanted: true, options);
        var spans = writer.End().Spans!;

        Assert.Equal([1, 3, 4], spans.First.Span.ToArray());
        Assert.Equal(["load", "", "load"], spans.Paths);
        var plain = new SubmissionWriter(8, KeyForm.Unique);
        plain.BeginTask(s_function, [1], 0, 0, isWanted: true, SubmitOptions.Default);
        Assert.Null(plain.End().Spans);
    }

    [Fact]
    public void A_span_within_a_span_is_named_below_it()
    {
        var scope = new SubmitOptions { Span = "etl" };

        Assert.Equal("etl/load", new SubmitOptions { Span = "load" }.Over(scope).Span);
        Assert.Equal("etl", SubmitOptions.Default.Over(scope).Span);
        Assert.Throws<ArgumentException>(() => new SubmitOptions { Span = "" });
        Assert.Throws<ArgumentException>(() => new SubmitOptions { Span = new string('x', 510) }.Over(scope));
    }
}
