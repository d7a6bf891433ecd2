using System.Diagnostics;
using System.Runtime.InteropServices;
using TaskGraph.Diagnostics;

namespace TaskGraph;

/// <summary>
/// How our executables are started out of somebody else's program: their DLLs lie beside it, and run on its runtime
/// configuration and dependency list. A plain <c>dotnet taskgraph-worker.dll</c> fails where only the DLL came by
/// NuGet.
/// </summary>
internal static class ProgramCommand
{
    private const string DepsSuffix = ".deps.json";
    private const string ConfigSuffix = ".runtimeconfig.json";

    /// <summary>
    /// A command that runs <paramref name="program"/> (<c>taskgraph-worker</c>), with all three streams piped.
    /// </summary>
    /// <exception cref="LocalClusterException">The program is not there.</exception>
    public static ProcessStartInfo Create(string program, LocalClusterOptions options)
    {
        var path = Path.Combine(AppContext.BaseDirectory, program + ".dll");
        if (!File.Exists(path))
        {
            throw new LocalClusterException(
                $"{path} does not exist. Reference the TaskGraph package (or src/Cluster) from the program that "
                + "starts the cluster, or use processes: false.");
        }
        var start = new ProcessStartInfo(DotnetHost())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        start.ArgumentList.Add("exec");
        AddConfiguration(start, path);
        start.ArgumentList.Add(path);
        foreach (var (name, value) in options.Environment)
            start.Environment[name] = value;
        start.Environment[ParentPipe.Variable] = "1";
        ProcessTuning.Apply(start.Environment);
        return start;
    }

    private static void AddConfiguration(ProcessStartInfo start, string path)
    {
        var (config, deps) = OfThisApplication();
        config ??= Existing(Path.ChangeExtension(path, null) + ConfigSuffix);
        if (config is not null)
        {
            start.ArgumentList.Add("--runtimeconfig");
            start.ArgumentList.Add(config);
        }
        if (deps is not null)
        {
            start.ArgumentList.Add("--depsfile");
            start.ArgumentList.Add(deps);
        }
    }

    /// <summary>The two files with which this program itself was started.</summary>
    private static (string? Config, string? Deps) OfThisApplication()
    {
        var given = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "").Split(';')[0];
        if (given.EndsWith(DepsSuffix, StringComparison.OrdinalIgnoreCase)
            && Existing(given[..^DepsSuffix.Length] + ConfigSuffix) is { } config)
            return (config, given);
        var name = Path.Combine(AppContext.BaseDirectory, AppDomain.CurrentDomain.FriendlyName);
        return (Existing(name + ConfigSuffix), Existing(name + DepsSuffix));
    }

    private static string DotnetHost()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var own = Environment.ProcessPath ?? "";
        if (Path.GetFileName(own).Equals(name, StringComparison.OrdinalIgnoreCase))
            return own;
        // Started by its own executable: the host lies three levels above the shared framework in use.
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Existing(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "")
            ?? Existing(Path.Combine(root, name))
            ?? name;
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}
