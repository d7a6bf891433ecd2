namespace TaskGraph.Simulation;

/// <summary>What a user asks for beyond submitting: every question must be answered, or lost with the scheduler.</summary>
internal sealed partial class VirtualClient
{
    private readonly List<Question> _questions = [];
    private readonly Dictionary<Incarnation, List<TaskId>> _puts = [];

    /// <summary>Questions that still wait.</summary>
    public IEnumerable<Question> OpenQuestions => IsGone ? [] : _questions.Where(question => !question.HasEnded);

    /// <summary>Asks; the answer goes to <paramref name="onReply"/>.</summary>
    public Question Ask(Func<ulong, Message> ask, Action<Message>? onReply = null)
    {
        var id = Machine.NewRequest();
        var question = new Question(ask(id), onReply);
        _questions.Add(question);
        Machine.Ask(id, question);
        Transmit();
        return question;
    }

    /// <summary>Puts a value on a worker, and holds its future once the worker has it.</summary>
    public void Scatter(VirtualWorker worker, Work data)
    {
        if (IsGone || worker.Current is not { } holder
            || Array.Find(Machine.Workers.Present, place => place.Address == worker.Address) is not { } place)
            return;
        var id = Machine.NewSubmission();
        var task = new TaskId(id, 0);
        _cluster.Log?.Add($"{Name} puts {task} on {holder.Label}");
        var (number, epoch) = (place.Number, Machine.Epoch);
        _cluster.Time.After(_cluster.Choices.Next(300), () =>
            PutOn(holder, task, data.Value, () => _cluster.Time.After(100, () => Register(id, number, epoch, data))));
    }

    /// <summary>The data connections are gone, with the process or before: workers look what became of the values.</summary>
    public void CloseDataLinks()
    {
        foreach (var (holder, tasks) in _puts)
            holder.PutterGone([.. tasks]);
        _puts.Clear();
    }

    private void PutOn(Incarnation holder, TaskId task, long value, Action onStored)
    {
        if (IsGone)
            return;
        if (!_puts.TryGetValue(holder, out var tasks))
            _puts.Add(holder, tasks = []);
        tasks.Add(task);
        holder.Put(task, value, _ => onStored());
    }

    private void Register(ulong id, int worker, ulong epoch, Work data)
    {
        if (IsGone)
            return;
        var message = new RegisterData { Submission = id, Epoch = epoch };
        message.Workers.Add(worker);
        message.Bytes.Add(sizeof(long));
        message.KeyNames.Add([]);
        var set = new FutureSet(id, TaskNames.Unique("data"), 1);
        _cluster.Submitted.Add(new TaskId(id, 0));
        _cluster.Happened(Faults.Scatters);
        Machine.Submit(new Submission(id, [message], []), set);
        Transmit();
        set[0].Holder = worker;
        Hold(new Held(set, 0, data));
        set.Become(0, FutureStatus.Finished, null);
    }

    /// <summary>A question that waits for its one answer.</summary>
    internal sealed class Question(Message message, Action<Message>? onReply) : ClientRequest
    {
        public override Message Message { get; } = message;

        public override bool NamesTasks => true;

        /// <summary>Whether it was answered, or cannot be any more.</summary>
        public bool HasEnded { get; private set; }

        /// <summary>The user does not wait any longer.</summary>
        public void GiveUp() => HasEnded = true;

        public override bool OnReply(Message reply)
        {
            HasEnded = true;
            onReply?.Invoke(reply);
            return true;
        }

        public override void OnLost(FutureFailure failure) => HasEnded = true;
    }
}
