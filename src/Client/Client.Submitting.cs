using System.Text;
using TaskGraph.Messages;

namespace TaskGraph;

// From encoded calls to submissions.
public sealed partial class Client
{
    /// <summary>Submits one call.</summary>
    internal Future<R> SubmitCall<R>(Call call, SubmitOptions options)
    {
        var function = call.Function;
        var (form, names) = options switch
        {
            { Key.Length: > 0 } => (KeyForm.Named, TaskNames.Named([options.Key], function.Name)),
            { Pure: false } => (KeyForm.Unique, TaskNames.Unique(function.Name)),
            _ => (KeyForm.Hashed, TaskNames.Hashed(function.Name, call.Identity)),
        };
        var id = NewSubmission();
        var writer = new SubmissionWriter(id, form);
        writer.BeginTask(function, call.Arguments, call.Dependencies.Length, 0, isWanted: true, options);
        foreach (var dependency in call.Dependencies)
            writer.AddDependency(dependency.Id);
        if (form == KeyForm.Named)
            writer.AddKey(Encoding.UTF8.GetBytes(options.Key!));
        else if (form == KeyForm.Hashed)
            writer.AddKey(names.IdentityOf(new TaskId(id, 0)));
        return new Future<R>(Send(writer.End(), new FutureSet(id, names, 1), call.Uploads), 0);
    }

    /// <summary>Submits a graph of which <paramref name="wanted"/> become futures.</summary>
    internal FutureHandle SubmitGraph(GraphTable graph, int[] wanted)
    {
        var id = NewSubmission();
        var plan = GraphPlan.Of(graph, id);
        var isWanted = new bool[graph.Count];
        foreach (var task in wanted)
            isWanted[task] = true;
        var writer = new SubmissionWriter(id, plan.Form);
        try
        {
            for (var task = 0; task < graph.Count; task++)
            {
                WriteTask(writer, graph, plan, task, isWanted[task]);
                if (graph.Uploads.Count == 0)
                    SendAhead(writer);
            }
        }
        catch
        {
            TakeBack(writer);
            throw;
        }
        var slots = wanted.Distinct().ToArray();
        var handle = Send(writer.End(), new FutureSet(id, plan.ToTaskNames(), slots.Length, slots), [.. graph.Uploads]);
        GC.KeepAlive(graph);
        return handle;
    }

    private static void WriteTask(SubmissionWriter writer, GraphTable graph, GraphPlan plan, int task, bool isWanted)
    {
        ref var row = ref graph[task];
        writer.BeginTask(
            row.Function!, row.Arguments.Span, row.InputCount, plan.Order[task], isWanted, row.Options);
        foreach (var input in graph.InputsOf(task))
            writer.AddDependency(input >= 0 ? new TaskId(writer.Id, input) : graph.OuterOf(input).Id);
        if (plan.Form == KeyForm.Named)
            writer.AddKey(Encoding.UTF8.GetBytes(plan.Names[task]));
        else if (plan.Form == KeyForm.Hashed)
            writer.AddKey(plan.Identities[task]);
    }

    /// <summary>Sends the chunks of a submission that are finished, while the rest is written.</summary>
    internal void SendAhead(SubmissionWriter writer)
    {
        if (!writer.HasMoreToSay)
            return;
        lock (_gate)
        {
            if (_isDisposed || _machine.Loss is not null)
                return;
            writer.SaidAhead = _machine.SayAhead(writer.SaidAhead, writer.Finished, writer.Functions);
            Transmit();
        }
    }

    /// <summary>A submission that was sent in part is given up.</summary>
    internal void TakeBack(SubmissionWriter writer)
    {
        lock (_gate)
        {
            _machine.TakeBack(writer.SaidAhead, writer.Id);
            Transmit();
        }
    }

    /// <summary>Hands a submission to the machine and what it says to the connection.</summary>
    private FutureHandle Send(Submission submission, FutureSet set, Upload[] uploads)
    {
        if (uploads.Length > 0)
        {
            submission.IsReady = false;
            set.Attached = Array.ConvertAll(uploads, static upload => upload.Id);
        }
        lock (_gate)
        {
            ThrowIfUnusable();
            _machine.Submit(submission, set);
            Transmit();
        }
        if (uploads.Length > 0)
            _ = Task.Run(() => UploadAsync(submission, uploads, set.KeyOf(0)));
        return new FutureHandle(this, set);
    }

    /// <summary>Puts large arguments on workers; the submission, and all behind it, go when they are there.</summary>
    private async Task UploadAsync(Submission submission, Upload[] uploads, string key)
    {
        try
        {
            var data = await PutOnWorkersAsync(uploads[0].Id.Submission,
                Array.ConvertAll(uploads, static upload => new Payload(upload.Body)),
                Array.ConvertAll(uploads, static upload => upload.Id), null, _closing.Token).ConfigureAwait(false);
            lock (_gate)
            {
                _machine.MakeReady(submission, data);
                Transmit();
            }
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                var failure = new FutureFailure.Refused($"its large arguments could not be sent: {e.Message}");
                _machine.GiveUp(submission, failure);
                Transmit();
            }
            Warn($"The large arguments of {key} could not be sent: {e.Message}");
        }
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_machine.Loss is { } loss)
            throw new SchedulerLostException(loss.Address, loss.Reason);
    }
}
