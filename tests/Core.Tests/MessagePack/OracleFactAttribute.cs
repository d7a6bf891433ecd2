using System.Diagnostics;

namespace TaskGraph.Tests;

/// <summary>
/// A fact that needs Debian's python3-msgpack as an independent reader; skipped, with the reason, where it is absent.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OracleFactAttribute : FactAttribute
{
    internal const string Python = "/usr/bin/python3";

    private static readonly string? s_missing = Missing();

    public OracleFactAttribute()
    {
        Skip = s_missing;
    }

    private static string? Missing()
    {
        const string Fix = "apt-get install python3-msgpack";
        if (!File.Exists(Python))
            return $"The oracle needs {Python}: {Fix}";
        var start = new ProcessStartInfo(Python, ["-c", "import msgpack"]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{Python} has no msgpack: {Fix}";
    }
}
