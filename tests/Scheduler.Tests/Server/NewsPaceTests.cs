using TaskGraph.Scheduler.Server;

namespace Scheduler.Tests.Server;

public class NewsPaceTests
{
    private const long StepUs = 100;

    [Fact]
    public void News_go_at_once_until_they_have_become_a_stream()
    {
        var pace = new NewsPace();

        for (long now = 10_000; now < 10_000 + (8 * StepUs); now += StepUs)
        {
            Assert.True(pace.NextUs <= now);
            pace.Sent(now);
        }
    }

    [Fact]
    public void A_stream_of_news_goes_in_packets_half_a_millisecond_apart()
    {
        var pace = new NewsPace();
        long last = Stream(pace);

        Assert.Equal(last + 500, pace.NextUs);
        pace.Sent(last + 500);
        Assert.Equal(last + 1_000, pace.NextUs);
    }

    [Fact]
    public void A_client_that_says_something_is_answered_at_once()
    {
        var pace = new NewsPace();
        long last = Stream(pace);

        pace.Heard();

        Assert.True(pace.NextUs <= last);
    }

    [Fact]
    public void A_pause_ends_a_stream()
    {
        var pace = new NewsPace();
        long last = Stream(pace);

        pace.Sent(last + 5_000);

        Assert.True(pace.NextUs <= last + 5_000);
    }

    private static long Stream(NewsPace pace)
    {
        long now = 10_000;
        for (int i = 0; i < 20; i++)
            pace.Sent(now += StepUs);
        return now;
    }
}
