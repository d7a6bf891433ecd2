using System.Reflection;

namespace TaskGraph.Tests;

/// <summary>Whoever waits for a scheduler that has vanished is told so when the time for connecting again is over.</summary>
public sealed class LostSchedulerTests(LostScheduler lost) : IClassFixture<LostScheduler>
{
    /// <summary>Closing asks nobody; the other ways to connect end in the one with options, after 30 s.</summary>
    private static readonly string[] s_exempt = ["DisposeAsync", "GetAwaiter", "ConnectAsync"];

    public static TheoryData<int, string> Calls()
    {
        var calls = new TheoryData<int, string>();
        for (var i = 0; i < AwaitingCalls.All.Count; i++)
            calls.Add(i, AwaitingCalls.All[i].ToString());
        return calls;
    }

    [Fact]
    public void Every_awaiting_call_of_a_client_and_what_it_hands_out_is_tried()
    {
        var tried = AwaitingCalls.All.Select(static call => call.Method.MetadataToken).ToHashSet();
        var left = typeof(Client).Assembly.GetExportedTypes()
            .Where(static type => !type.IsSubclassOf(typeof(Delegate)) && !type.IsInterface)
            .SelectMany(static type => type.GetMethods(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(static method => WaitingTests.IsAwaited(method.ReturnType) && !s_exempt.Contains(method.Name))
            .Where(method => !tried.Contains(method.MetadataToken))
            .Select(static method => $"{method.DeclaringType!.Name}: {method}");

        Assert.Empty(left);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_under_way_when_the_scheduler_vanishes_ends_with_SchedulerLostException(int number, string call)
    {
        var end = await lost.PendingAsync(number);

        if (AwaitingCalls.All[number].EndsWithoutScheduler)
            Assert.Null(end);
        else
            AssertIs(typeof(SchedulerLostException), end, call);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_made_when_the_scheduler_is_lost_ends_with_SchedulerLostException(int number, string call)
    {
        await lost.PendingAsync(number);
        await Assert.ThrowsAsync<SchedulerLostException>(async () => await lost.Future);
        var end = await AwaitingCalls.All[number].EndAsync(lost);

        var after = AwaitingCalls.All[number].After ?? typeof(SchedulerLostException);
        if (after == typeof(void))
            Assert.Null(end);
        else
            AssertIs(after, end, call);
    }

    private static void AssertIs(Type expected, Exception? end, string call)
        => Assert.True(end?.GetType() == expected, $"{call} ended with {end?.ToString() ?? "no exception"}");
}
