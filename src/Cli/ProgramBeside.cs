using System.Diagnostics;
using System.Runtime.InteropServices;
using TaskGraph.Diagnostics;

namespace TaskGraph.Cli;

/// <summary>
/// Runs one of our other executables, which lie beside this one, in a process of its own with the same console. It ends
/// with this process, however that ends.
/// </summary>
internal static class ProgramBeside
{
    /// <summary>Returns its exit code.</summary>
    public static async Task<int> RunAsync(string program, string[] arguments)
    {
        var path = Path.Combine(AppContext.BaseDirectory, program + ".dll");
        if (!File.Exists(path))
        {
            Console.Error.WriteLine($"taskgraph: {path} is not there; install the tool anew, or run {program} itself.");
            return 2;
        }

        var start = new ProcessStartInfo(DotnetHost()) { UseShellExecute = false, RedirectStandardInput = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(path);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment[ParentPipe.Variable] = "1";
        using var process = Process.Start(start)
            ?? throw new TaskGraphException($"{start.FileName} did not start.");

        // Closing its input asks it to end in order; an interrupt from the terminal reaches it by itself.
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await process.WaitForExitAsync();
        return process.ExitCode;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            try
            {
                process.StandardInput.Close();
            }
            catch (Exception e) when (e is InvalidOperationException or IOException)
            {
                // It has ended already.
            }
        }
    }

    private static string DotnetHost()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var own = Environment.ProcessPath ?? "";
        if (Path.GetFileName(own).Equals(name, StringComparison.OrdinalIgnoreCase))
            return own;

        // Started by its own executable: the host lies three levels above the shared framework in use.
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return File.Exists(Path.Combine(root, name)) ? Path.Combine(root, name) : name;
    }
}
