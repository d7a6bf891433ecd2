using System.Diagnostics;

namespace TaskGraph.Tests;

public class ShippedCodeTests
{
    [Fact]
    public async Task A_worker_that_was_started_elsewhere_gets_the_code_it_runs()
    {
        var directory = Directory.CreateTempSubdirectory("taskgraph-elsewhere-");
        CopyPrograms(directory.FullName);
        using var scheduler = Start(directory.FullName, "taskgraph-scheduler", "--port", "0");
        try
        {
            var line = await scheduler.StandardOutput.ReadLineAsync() ?? "";
            var address = line[(line.LastIndexOf(' ') + 1)..];
            using var worker = Start(directory.FullName, "taskgraph-worker", address, "--no-nanny", "--nthreads", "1");
            try
            {
                await using var client = await Client.ConnectAsync(address);
                await client.WaitForWorkersAsync(1, TimeSpan.FromSeconds(30));
                var scale = 3;
                int[] scaled = await client.GatherAsync(client.Map(x => x * scale, [0, 1, 2]));

                Assert.Equal([0, 3, 6], scaled);
                Assert.Equal("(4, seven)", await client.Submit((Sample s) => s.ToText(), new Sample(4, "seven")));
                Assert.Equal([directory.FullName], (await client.RunAsync(BaseDirectory)).Values);
                Assert.Empty(directory.GetFiles("*.Tests.dll"));
            }
            finally
            {
                worker.Kill(entireProcessTree: true);
                await worker.WaitForExitAsync();
            }
        }
        finally
        {
            scheduler.Kill(entireProcessTree: true);
            await scheduler.WaitForExitAsync();
            directory.Delete(recursive: true);
        }
    }

    private static string BaseDirectory() => AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);

    /// <summary>The executables with what they need, and nothing of the tests.</summary>
    private static void CopyPrograms(string directory)
    {
        string[] patterns =
            ["taskgraph-*", "TaskGraph.Core.dll", "TaskGraph.Transport.dll", "System.CommandLine.dll",
                "Microsoft.Extensions.*.dll"];
        foreach (var file in patterns.SelectMany(pattern => Directory.GetFiles(AppContext.BaseDirectory, pattern)))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
    }

    private static Process Start(string directory, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = directory, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(directory, program + ".dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private sealed record Sample(int Number, string Word)
    {
        public string ToText() => $"({Number}, {Word})";
    }
}
