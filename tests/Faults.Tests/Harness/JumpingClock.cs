using System.Diagnostics;
using System.Globalization;

namespace TaskGraph.Tests.Faults;

/// <summary>
/// A wall clock that processes see instead of the system's, moved at will: a shim in front of the C library's clock, compiled
/// here, that adds the seconds which a file holds.
/// </summary>
internal sealed class JumpingClock
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>
        static long shift(void)
        {
            char text[32] = {0};
            const char *path = getenv("JUMPING_CLOCK_FILE");
            int file = path ? open(path, O_RDONLY) : -1;
            if (file < 0) return 0;
            if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
            close(file);
            return atol(text);
        }
        int clock_gettime(clockid_t id, struct timespec *now)
        {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
            int result = real(id, now);
            if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) now->tv_sec += shift();
            return result;
        }
        int gettimeofday(struct timeval *now, void *zone)
        {
            struct timespec time;
            (void)zone;
            clock_gettime(CLOCK_REALTIME, &time);
            now->tv_sec = time.tv_sec;
            now->tv_usec = time.tv_nsec / 1000;
            return 0;
        }
        """;

    private readonly string _file;

    private JumpingClock(string file, string library)
    {
        _file = file;
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["JUMPING_CLOCK_FILE"] = file };
    }

    /// <summary>The variables with which a process sees this clock.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    public static async Task<JumpingClock> CompileAsync(string folder)
    {
        var source = Path.Combine(folder, "clock.c");
        var library = Path.Combine(folder, "clock.so");
        await File.WriteAllTextAsync(source, Source);
        using var compiler = Process.Start(
            new ProcessStartInfo("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]) { RedirectStandardError = true })!;
        var errors = await compiler.StandardError.ReadToEndAsync();
        await compiler.WaitForExitAsync();
        Assert.True(compiler.ExitCode == 0, errors);
        var clock = new JumpingClock(Path.Combine(folder, "clock.txt"), library);
        clock.JumpTo(TimeSpan.Zero);
        return clock;
    }

    /// <summary>From now on the clock differs so much from the system's.</summary>
    public void JumpTo(TimeSpan shift)
        => File.WriteAllText(_file, ((long)shift.TotalSeconds).ToString(CultureInfo.InvariantCulture));
}
