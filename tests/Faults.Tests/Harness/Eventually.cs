namespace TaskGraph.Tests.Faults;

/// <summary>Waiting for what other processes do: polls, with a limit that only a hang reaches.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what, int seconds = 30)
    {
        var limit = Environment.TickCount64 + (seconds * 1000L);
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < limit, $"This has not happened within {seconds} s: {what}.");
            await Task.Delay(s_pause);
        }
    }

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, int seconds = 30)
    {
        var limit = Environment.TickCount64 + (seconds * 1000L);
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < limit, $"This has not happened within {seconds} s: {what}.");
            await Task.Delay(s_pause);
        }
    }

    /// <summary>Awaits <paramref name="task"/>; one that hangs fails the test instead of the whole run.</summary>
    public static Task<T> WithinAsync<T>(this Task<T> task, int seconds) => task.WaitAsync(TimeSpan.FromSeconds(seconds));
}
