using System.CommandLine;
using TaskGraph.Cli;
using TaskGraph.Simulation;

// These two have command lines of their own, and run as the processes that they are.
if (args is ["scheduler" or "worker", ..])
    return await ProgramBeside.RunAsync($"taskgraph-{args[0]}", args[1..]);

var root = new RootCommand("TaskGraph: a task-graph scheduler for .NET.");
root.Subcommands.Add(new System.CommandLine.Command("scheduler", "Starts a scheduler; its options: taskgraph scheduler --help."));
root.Subcommands.Add(new System.CommandLine.Command("worker", "Starts workers; their options: taskgraph worker --help."));
root.Subcommands.Add(new SimulateCommand().Command);
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine($"taskgraph: {parsed.Errors[0].Message}");
    return 2;
}

return await parsed.InvokeAsync();
