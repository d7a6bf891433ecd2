using TaskGraph.Messages;

namespace TaskGraph.Tests.Machine;

public class ClientMachineTests
{
    private readonly Conversation _talk = new();

    [Fact]
    public void A_function_is_defined_before_its_first_submission_and_only_then()
    {
        _talk.Submit();
        _talk.Submit();

        Assert.Equal(
            [MessageKind.DefineFunction, MessageKind.SubmitTasks, MessageKind.SubmitTasks], Kinds(_talk.Said()));
    }

    [Fact]
    public void A_future_is_pending_until_its_result_exists()
    {
        var set = _talk.Submit(2);
        _talk.InMemory(set, 1);

        Assert.Equal((FutureStatus.Pending, FutureStatus.Finished), (set.StatusOf(0), set.StatusOf(1)));
        Assert.Equal(1, set.PendingCount);
    }

    [Fact]
    public void A_value_that_comes_with_the_message_is_kept()
    {
        var set = _talk.Submit();
        _talk.InMemory(set, 0, value: [7]);

        Assert.True(set.TryInlineValue(0, out var value));
        Assert.Equal([7], value.ToArray());
    }

    [Fact]
    public void Who_waits_for_the_answer_to_a_submission_is_told_when_it_comes_or_never_will()
    {
        List<string> told = [];
        var answered = _talk.Submit().Submission;
        _talk.Machine.WhenAnswered(answered, () => told.Add("answered"));
        _talk.Submit(isReady: false);
        _talk.Machine.WhenAnswered(_talk.Last.Id, () => told.Add("given up"));
        Assert.Empty(told);

        _talk.Machine.Handle(new SubmissionReply { Submission = answered, Accepted = true });
        _talk.Machine.GiveUp(_talk.Last, new FutureFailure.Refused("its arguments could not be sent"));
        _talk.Machine.WhenAnswered(answered, () => told.Add("answered before"));
        _talk.Machine.WhenAnswered(_talk.Submit().Submission, () => told.Add("lost"));
        _talk.Machine.OnSchedulerLost("tcp://pi0:8786", "gone");

        Assert.Equal(["answered", "given up", "answered before", "lost"], told);
    }

    [Fact]
    public void A_refused_submission_fails_all_its_futures_with_the_reason()
    {
        var set = _talk.Submit(3);
        _talk.Answer(set.Submission, "too many tasks");

        Assert.All(Enumerable.Range(0, 3), slot => Assert.Equal(FutureStatus.Error, set.StatusOf(slot)));
        var error = Assert.IsType<SubmissionRefusedException>(set.FailureOf(0)!.ToException("inc"));
        Assert.Equal("too many tasks", error.Reason);
    }

    [Fact]
    public void Failures_have_their_own_exceptions()
    {
        var set = _talk.Submit(3);
        _talk.Erred(set, 0);
        _talk.Cancelled(set, 1);
        _talk.Lost(set, 2);

        Assert.IsType<TaskFailedException>(set.FailureOf(0)!.ToException("k"));
        Assert.IsType<TaskCancelledException>(set.FailureOf(1)!.ToException("k"));
        Assert.IsType<TaskLostException>(set.FailureOf(2)!.ToException("k"));
    }

    [Fact]
    public void A_finished_future_whose_value_is_here_stays_finished_whatever_comes_later()
    {
        var set = _talk.Submit();
        _talk.InMemory(set, 0, value: [7]);
        _talk.Erred(set, 0);
        _talk.Lost(set, 0);

        Assert.Equal(FutureStatus.Finished, set.StatusOf(0));
    }

    [Fact]
    public void A_finished_future_whose_value_is_still_on_workers_turns_when_it_is_lost_there()
    {
        var set = _talk.Submit();
        var news = new NewsCounter();
        _talk.InMemory(set, 0);
        set.ObserveNext(0, news);
        _talk.Lost(set, 0);

        Assert.Equal(FutureStatus.Lost, set.StatusOf(0));
        Assert.Equal((0, 1), (news.SettledCount, news.Moved));
    }

    [Fact]
    public void A_result_that_was_computed_again_is_looked_for_at_its_new_holder()
    {
        var set = _talk.Submit();
        _talk.InMemory(set, 0, holder: 1);
        _talk.InMemory(set, 0, holder: 2);

        Assert.Equal(2, set[0].Holder);
    }

    [Fact]
    public void Releases_are_gathered_into_one_message()
    {
        var set = _talk.Submit(3);
        _talk.Said();
        for (var slot = 0; slot < 3; slot++)
            _talk.Machine.Release(set, slot);

        var release = Assert.IsType<ReleaseTasks>(Assert.Single(_talk.Said()));
        Assert.Equal([set.IdOf(0), set.IdOf(1), set.IdOf(2)], release.Tasks.Span.ToArray());
        Assert.Equal(0, _talk.Machine.SetCount);
    }

    [Fact]
    public void Releases_of_a_large_map_are_cut_into_messages_that_fit_a_frame()
    {
        var set = _talk.Submit(100_000);
        _talk.Said();
        for (var slot = 0; slot < 100_000; slot++)
            _talk.Machine.Release(set, slot);

        var said = _talk.Said().Cast<ReleaseTasks>().ToList();
        Assert.All(said, message => Assert.InRange(message.Tasks.Count, 1, Protocol.MaxTasksPerMessage));
        Assert.Equal(100_000, said.Sum(message => message.Tasks.Count));
    }

    [Fact]
    public void A_cancel_of_a_large_map_is_cut_into_messages_that_fit_a_frame()
    {
        var tasks = Enumerable.Range(0, 100_000).Select(index => new TaskId(1, index)).ToArray();
        _talk.Machine.Cancel([.. tasks], "enough", force: false);

        var said = _talk.Said().Cast<CancelTasks>().ToList();
        Assert.All(said, message => Assert.Equal("enough", message.Reason));
        Assert.Equal(tasks, said.SelectMany(message => message.Tasks.Span.ToArray()));
    }

    [Fact]
    public void A_cancellation_is_said_on_every_new_connection_until_its_tasks_have_ended()
    {
        var set = _talk.Submit();
        var cancel = _talk.Machine.Cancel([set.IdOf(0)], "enough", force: true);
        Assert.True(_talk.Said().OfType<CancelTasks>().Single().Force);

        _talk.Machine.OnDisconnected("tcp://pi0:8786", "cut");
        _talk.Machine.OnConnected(Conversation.Epoch);
        Assert.Equal(set.IdOf(0), _talk.Said().OfType<CancelTasks>().Single().Tasks[0]);

        _talk.Machine.EndCancel(cancel);
        _talk.Machine.OnDisconnected("tcp://pi0:8786", "cut");
        var unheard = _talk.Machine.Cancel([set.IdOf(0)], "said while there is no connection", force: false);
        _talk.Machine.EndCancel(unheard);
        _talk.Machine.OnConnected(Conversation.Epoch);
        Assert.Equal("said while there is no connection", _talk.Said().OfType<CancelTasks>().Single().Reason);
        _talk.Machine.OnDisconnected("tcp://pi0:8786", "cut");
        _talk.Machine.OnConnected(Conversation.Epoch);
        Assert.Empty(_talk.Said().OfType<CancelTasks>());
    }

    [Fact]
    public void A_cancellation_follows_the_submission_that_it_names()
    {
        var set = _talk.Submit(isReady: false);
        var submission = _talk.Last;
        _talk.Machine.Cancel([set.IdOf(0)], "enough", force: false);
        Assert.Empty(_talk.Said());

        _talk.Machine.MakeReady(submission, new RegisterData { Submission = 900 });
        var said = _talk.Said();
        Assert.IsType<CancelTasks>(said[^1]);
        Assert.Contains(said, message => message is SubmitTasks);
    }

    [Fact]
    public void A_future_is_released_once_and_then_hears_nothing()
    {
        var set = _talk.Submit(2);
        _talk.Said();
        _talk.Machine.Release(set, 0);
        _talk.Machine.Release(set, 0);
        _talk.InMemory(set, 0);

        Assert.Equal(1, Assert.IsType<ReleaseTasks>(Assert.Single(_talk.Said())).Tasks.Count);
        Assert.Equal(FutureStatus.Cancelled, set.StatusOf(0));
    }

    [Fact]
    public void Large_arguments_go_with_the_last_future_that_needs_them()
    {
        var set = _talk.Submit(2);
        set.Attached = [new TaskId(900, 0)];
        _talk.Said();
        _talk.Machine.Release(set, 0);
        var early = Assert.IsType<ReleaseTasks>(Assert.Single(_talk.Said()));
        _talk.Machine.Release(set, 1);
        var late = Assert.IsType<ReleaseTasks>(Assert.Single(_talk.Said()));

        Assert.Equal([set.IdOf(0)], early.Tasks.Span.ToArray());
        Assert.Equal([set.IdOf(1), new TaskId(900, 0)], late.Tasks.Span.ToArray());
    }

    [Fact]
    public void What_is_submitted_before_the_connection_stands_is_said_when_it_does()
    {
        var talk = new Conversation(isConnected: false);
        var set = talk.Submit();
        Assert.Empty(talk.Said());
        talk.Machine.OnConnected(Conversation.Epoch);

        Assert.Equal(set.Submission, talk.Said().OfType<SubmitTasks>().Single().Submission);
    }

    [Fact]
    public void After_a_cut_only_what_was_not_answered_is_said_again_in_order_with_its_functions()
    {
        var answered = _talk.Submit();
        var first = _talk.Submit();
        var second = _talk.Submit();
        _talk.Answer(answered.Submission);
        _talk.Said();
        _talk.Machine.OnDisconnected("tcp://s:1", "cable");
        var meanwhile = _talk.Submit();
        Assert.Empty(_talk.Said());
        _talk.Machine.OnConnected(Conversation.Epoch);
        var said = _talk.Said();

        Assert.Equal(MessageKind.DefineFunction, said[0].Kind);
        Assert.Equal([first.Submission, second.Submission, meanwhile.Submission],
            said.OfType<SubmitTasks>().Select(submit => submit.Submission));
    }

    [Fact]
    public void A_restarted_scheduler_has_lost_what_it_had_answered_and_gets_the_rest_again()
    {
        var answered = _talk.Submit();
        var unanswered = _talk.Submit();
        _talk.Answer(answered.Submission);
        _talk.Said();
        _talk.Machine.OnDisconnected("tcp://s:1", "crash");
        _talk.Machine.OnConnected(Conversation.Epoch + 1);

        Assert.Equal(FutureStatus.Lost, answered.StatusOf(0));
        Assert.Equal(FutureStatus.Pending, unanswered.StatusOf(0));
        Assert.Equal(unanswered.Submission, _talk.Said().OfType<SubmitTasks>().Single().Submission);
    }

    [Fact]
    public void A_lost_scheduler_ends_every_pending_future_and_request()
    {
        var set = _talk.Submit(2);
        _talk.InMemory(set, 0);
        var request = new SingleReplyRequest<ClusterInfo>(new ClusterInfoRequest { RequestId = 1 });
        _talk.Machine.Ask(1, request);
        _talk.Machine.OnSchedulerLost("tcp://s:1", "gone");

        Assert.Equal((FutureStatus.Finished, FutureStatus.Lost), (set.StatusOf(0), set.StatusOf(1)));
        Assert.IsType<SchedulerLostException>(request.Answer.Exception!.InnerException);
    }

    [Fact]
    public void Questions_are_asked_again_after_a_cut_but_a_function_is_never_run_twice()
    {
        var info = new SingleReplyRequest<ClusterInfo>(new ClusterInfoRequest { RequestId = 1 });
        var run = new RunRequest(_talk.Function, new RunOnWorkers { RequestId = 2, Function = _talk.Function.Id });
        _talk.Machine.Ask(1, info);
        _talk.Machine.Ask(2, run);
        _talk.Said();
        _talk.Machine.OnDisconnected("tcp://s:1", "cable");
        _talk.Machine.OnConnected(Conversation.Epoch);

        Assert.Equal([MessageKind.ClusterInfoRequest], Kinds(_talk.Said()));
        Assert.IsType<SchedulerLostException>(run.Answers.Exception!.InnerException);
    }

    [Fact]
    public void A_submission_whose_large_arguments_are_on_their_way_holds_back_those_behind_it()
    {
        var slow = _talk.Submit(isReady: false);
        var slowSubmission = _talk.Last;
        var behind = _talk.Submit();
        Assert.Empty(_talk.Said());
        _talk.Machine.MakeReady(slowSubmission, new RegisterData { Submission = 900 });
        var said = _talk.Said();

        Assert.Equal(
            [MessageKind.DefineFunction, MessageKind.RegisterData, MessageKind.SubmitTasks, MessageKind.SubmitTasks],
            Kinds(said));
        Assert.Equal(
            [slow.Submission, behind.Submission], said.OfType<SubmitTasks>().Select(submit => submit.Submission));
    }

    [Fact]
    public void A_submission_whose_large_arguments_could_not_be_sent_fails_and_lets_the_next_one_go()
    {
        var failed = _talk.Submit(isReady: false);
        var submission = _talk.Last;
        var behind = _talk.Submit();
        _talk.Machine.GiveUp(submission, new FutureFailure.Refused("no worker took it"));

        Assert.Equal(FutureStatus.Error, failed.StatusOf(0));
        Assert.Equal(behind.Submission, _talk.Said().OfType<SubmitTasks>().Single().Submission);
    }

    [Fact]
    public void Messages_about_tasks_that_nobody_here_knows_change_nothing()
    {
        var set = _talk.Submit();
        var stranger = new FutureSet(1, TaskNames.Unique("x"), 5);
        _talk.InMemory(stranger, 4);
        _talk.Erred(stranger, 3);
        _talk.Answer(77, "who?");
        var beyond = new TasksInMemory();
        beyond.Tasks.Add(new TaskId(set.Submission, 99));
        beyond.Bytes.Add(1);
        beyond.Holder.Add(1);
        _talk.Machine.Handle(beyond);

        Assert.Equal(FutureStatus.Pending, set.StatusOf(0));
    }

    private static MessageKind[] Kinds(Message[] messages) => Array.ConvertAll(messages, message => message.Kind);
}
