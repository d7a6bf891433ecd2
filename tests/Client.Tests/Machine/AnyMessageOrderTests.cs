using FsCheck;
using FsCheck.Fluent;
using TaskGraph.Messages;

namespace TaskGraph.Tests.Machine;

/// <summary>Whatever the network repeats, delays or swaps: laws over drawn histories.</summary>
public class AnyMessageOrderTests
{
    private const int SetCount = 3;
    private const int TasksPerSet = 4;

    [Fact]
    public void Each_future_settles_once_under_duplicated_reordered_and_late_messages()
        => Prop.ForAll(Histories(), history =>
        {
            var (talk, sets, news) = Play(history);
            talk.Machine.OnSchedulerLost("tcp://s:1", "the end");
            return news.MostPerFuture <= 1
                && news.SettledCount == sets.Sum(set => Enumerable.Range(0, set.Count).Count(IsEnded(set)))
                && sets.All(set => set.PendingCount == 0 || set.HeldCount == 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_release_never_comes_before_its_submission_was_said()
        => Prop.ForAll(Histories(), history =>
        {
            var said = new HashSet<ulong>();
            var isInOrder = true;
            Play(history, talk =>
            {
                foreach (var message in talk.Said())
                {
                    if (message is SubmitTasks submit)
                        said.Add(submit.Submission);
                    else if (message is ReleaseTasks release)
                        isInOrder &= release.Tasks.Span.ToArray().All(task => said.Contains(task.Submission));
                }
            });
            return isInOrder;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_counts_of_a_set_agree_with_its_slots()
        => Prop.ForAll(Histories(), history =>
        {
            var (_, sets, _) = Play(history);
            return sets.All(set =>
                set.PendingCount == Enumerable.Range(0, set.Count).Count(slot => !IsEnded(set)(slot))
                && set.HeldCount == Enumerable.Range(0, set.Count).Count(slot => !set[slot].IsReleased));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_submission_that_was_not_answered_is_said_on_the_newest_connection()
        => Prop.ForAll(Histories(), history =>
        {
            var (talk, _, _) = Play(history);
            talk.Machine.OnDisconnected("tcp://s:1", "cut");
            talk.Said();
            talk.Machine.OnConnected(Conversation.Epoch);
            var said = talk.Said().OfType<SubmitTasks>().Select(submit => submit.Submission).ToArray();
            return said.Length == talk.Machine.UnansweredCount && said.Distinct().Count() == said.Length
                && said.Order().SequenceEqual(said);
        }).QuickCheckThrowOnFailure();

    private static Func<int, bool> IsEnded(FutureSet set) => slot => set.StatusOf(slot) != FutureStatus.Pending;

    private static (Conversation Talk, FutureSet[] Sets, NewsCounter News) Play(
        int[] history, Action<Conversation>? afterStep = null)
    {
        var talk = new Conversation();
        var news = new NewsCounter();
        var sets = new FutureSet[SetCount];
        for (var i = 0; i < SetCount; i++)
        {
            sets[i] = talk.Submit(TasksPerSet);
            sets[i].ObserveAll(news);
        }
        foreach (var step in history)
        {
            afterStep?.Invoke(talk);
            Apply(talk, sets, step);
        }
        afterStep?.Invoke(talk);
        return (talk, sets, news);
    }

    private static void Apply(Conversation talk, FutureSet[] sets, int step)
    {
        const int Kinds = 9;
        var set = sets[step / Kinds % SetCount];
        var slot = step / (Kinds * SetCount) % TasksPerSet;
        switch (step % Kinds)
        {
            case 0:
                talk.InMemory(set, slot, step % 5);
                break;
            case 1:
                talk.InMemory(set, slot, step % 5, [1, 2]);
                break;
            case 2:
                talk.Erred(set, slot);
                break;
            case 3:
                talk.Cancelled(set, slot);
                break;
            case 4:
                talk.Lost(set, slot);
                break;
            case 5:
                talk.Machine.Release(set, slot);
                break;
            case 6:
                talk.Answer(set.Submission, step % 4 == 0 ? "refused" : "");
                break;
            case 7:
                talk.Machine.OnDisconnected("tcp://s:1", "cut");
                break;
            default:
                talk.Machine.OnConnected(Conversation.Epoch);
                break;
        }
    }

    private static Arbitrary<int[]> Histories()
        => Arb.From(Gen.Choose(0, 9 * SetCount * TasksPerSet * 4).ArrayOf());
}
