using TaskGraph.Messages;
using TaskGraph.Transport;

namespace TaskGraph.Tests;

public sealed class DataLinksTests
{
    [Fact]
    public async Task Who_waits_for_a_worker_that_says_nothing_goes_on_when_the_scheduler_says_that_it_has_left()
    {
        await using var silent = Listener.Start(Address.Parse("tcp://127.0.0.1:0"));
        await using var arriving = silent.AcceptAsync(CancellationToken.None).GetAsyncEnumerator();
        var address = silent.Address.ToString();
        await using var links = new DataLinks(new Hello { Role = PeerRole.Data, Name = "test" });
        var request = new DataRequest([new TaskId(1, 0)]);
        var getting = links.GetAsync(address, request, CancellationToken.None);
        Assert.True(await arriving.MoveNextAsync());
        await using var worker = await arriving.Current.WelcomeAsync(new Welcome { Name = "silent" });
        var asked = new List<Message>();
        Assert.True(await worker.ReceiveAsync(asked));
        Assert.False(getting.IsCompleted);

        links.Abandon(address, "the worker has left the cluster");
        await getting;

        Assert.Null(request.Values[0]);
        Assert.Contains("left the cluster", request.Failure, StringComparison.Ordinal);
    }
}
