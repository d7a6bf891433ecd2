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
    internal FutureHandle SubmitGraph(List<GraphNode> nodes, GraphNode[] wanted)
    {
        var id = NewSubmission();
        var plan = GraphPlan.Of(nodes, id);
        var isWanted = new bool[nodes.Count];
        foreach (var node in wanted)
            isWanted[node.Index] = true;
        var writer = new SubmissionWriter(id, plan.Form);
        var uploads = new List<Upload>();
        try
        {
            foreach (var node in nodes)
            {
                WriteNode(writer, plan, node, id, isWanted[node.Index]);
                uploads.AddRange(node.Call!.Uploads);
                if (uploads.Count == 0)
                    SendAhead(writer);
            }
        }
        catch
        {
            TakeBack(writer);
            throw;
        }
        var slots = wanted.Select(static node => node.Index).Distinct().ToArray();
        var handle = Send(writer.End(), new FutureSet(id, plan.ToTaskNames(), slots.Length, slots), [.. uploads]);
        GC.KeepAlive(nodes);
        return handle;
    }

    private static void WriteNode(SubmissionWriter writer, GraphPlan plan, GraphNode node, ulong id, bool isWanted)
    {
        var call = node.Call!;
        writer.BeginTask(call.Function, call.Arguments, call.Dependencies.Length, plan.Order[node.Index], isWanted,
            node.Options);
        foreach (var dependency in call.Dependencies)
            writer.AddDependency(dependency.Node is { } input ? new TaskId(id, input.Index) : dependency.Id);
        if (plan.Form == KeyForm.Named)
            writer.AddKey(Encoding.UTF8.GetBytes(plan.Names[node.Index]));
        else if (plan.Form == KeyForm.Hashed)
            writer.AddKey(node.Identity);
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
