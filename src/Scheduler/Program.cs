using TaskGraph.Configuration;
using TaskGraph.Scheduler.Server;

// Turns are taken where bytes arrive, without a change of threads. Read by the runtime at the first socket; only here,
// where no code of users runs that might block.
const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
    Environment.SetEnvironmentVariable(InlineCompletions, "1");

try
{
    return await new SchedulerCommand(ConfigurationValues.Load()).InvokeAsync(args);
}
catch (ConfigurationException e)
{
    return SchedulerCommand.Complain(e.Message);
}
