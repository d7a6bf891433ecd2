using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using TaskGraph.Diagnostics;
using TaskGraph.Worker.Command;

namespace TaskGraph.Worker.Nanny;

/// <summary>How a child is started: this very program, by the host that started it.</summary>
internal static class ChildCommand
{
    /// <summary>
    /// The command of worker <paramref name="index"/>, after <paramref name="predecessor"/> if one has died; what it runs it notes on
    /// <paramref name="runBoard"/>.
    /// </summary>
    public static ProcessStartInfo Create(
        WorkerSettings settings, int index, Predecessor? predecessor = null, string? runBoard = null)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        AddHost(start);
        AddArguments(start.ArgumentList, settings, index, predecessor, runBoard);
        if (settings.MemoryLimitBytes > 0)
            start.Environment[HeapLimit.Variable] = HeapLimit.ToVariable(settings.MemoryLimitBytes);
        foreach (var (name, value) in settings.Environment)
            start.Environment[name] = value;
        ProcessTuning.Apply(start.Environment);
        return start;
    }

    /// <summary>The name of worker <paramref name="index"/>.</summary>
    public static string NameOf(WorkerSettings settings, int index) =>
        settings.Name.Length == 0 || settings.Workers == 1 ? settings.Name : $"{settings.Name}-{index}";

    private static void AddHost(ProcessStartInfo start)
    {
        var host = Environment.ProcessPath
            ?? throw new InvalidOperationException("The path of this program's host is not known.");
        start.FileName = host;
        if (!Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            return;

        // Started by the dotnet host, perhaps with another application's runtimeconfig and deps file beside which
        // only our DLL lies: the child needs the same two.
        var program = Assembly.GetEntryAssembly()!.Location;
        start.ArgumentList.Add("exec");
        var deps = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0] ?? "";
        const string Suffix = ".deps.json";
        if (deps.EndsWith(Suffix, StringComparison.Ordinal))
        {
            var runtimeConfig = string.Concat(deps.AsSpan(0, deps.Length - Suffix.Length), ".runtimeconfig.json");
            if (File.Exists(runtimeConfig))
            {
                start.ArgumentList.Add("--runtimeconfig");
                start.ArgumentList.Add(runtimeConfig);
            }

            start.ArgumentList.Add("--depsfile");
            start.ArgumentList.Add(deps);
        }

        start.ArgumentList.Add(program);
    }

    private static void AddArguments(
        ICollection<string> arguments, WorkerSettings settings, int index, Predecessor? predecessor, string? runBoard)
    {
        void Add(string option, string? value)
        {
            if (string.IsNullOrEmpty(value))
                return;
            arguments.Add(option);
            arguments.Add(value);
        }

        if (settings.Scheduler is not null)
            arguments.Add(settings.Scheduler);
        Add("--scheduler-file", settings.SchedulerFile);
        arguments.Add("--child");
        arguments.Add("--no-nanny");
        Add("--predecessor", predecessor?.ToString());
        Add("--run-board", runBoard);
        Add("--nthreads", settings.Threads.ToString(CultureInfo.InvariantCulture));
        Add("--memory-limit", settings.MemoryLimitBytes.ToString(CultureInfo.InvariantCulture));
        Add("--resources", string.Join(' ', settings.Resources));
        Add("--name", NameOf(settings, index));
        Add("--host", settings.Host);
        Add("--nworkers", "1");
        Add("--port", Port(settings, index));
        Add("--contact-address", Contact(settings, index));
        Add("--local-directory", settings.LocalDirectory);
        if (settings.MaxSpillBytes < long.MaxValue)
            Add("--max-spill", settings.MaxSpillBytes.ToString(CultureInfo.InvariantCulture));
        Add("--spill-write-budget", settings.SpillWriteBudget);
        Add("--death-timeout", Seconds(settings.DeathTimeout));
        Add("--leave-timeout", Seconds(settings.LeaveTimeout));
        Add("--lifetime", Seconds(settings.Lifetime));
        Add("--lifetime-stagger", Seconds(settings.LifetimeStagger));
        if (settings.RestartsAfterLifetime)
            arguments.Add("--lifetime-restart");
        Add("--log-level", StderrLogger.LevelNames[(int)settings.LogLevel]);
        if (settings.IsInsecure)
            arguments.Add("--insecure");
    }

    private static string? Seconds(TimeSpan? duration) => duration?.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>A range is every worker's; a single port is the first one's, and the others take those after it.</summary>
    private static string Port(WorkerSettings settings, int index)
    {
        var first = settings.LastPort > 0 || settings.Port == 0 ? settings.Port : settings.Port + index;
        return settings.LastPort > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{first}:{settings.LastPort}")
            : first.ToString(CultureInfo.InvariantCulture);
    }

    private static string? Contact(WorkerSettings settings, int index)
    {
        if (settings.ContactHost is not { } host)
            return null;
        return settings.ContactPort == 0
            ? host
            : new Transport.Address(Transport.Address.Tcp, host, settings.ContactPort + index).ToString();
    }
}
