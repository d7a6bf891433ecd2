using TaskGraph.Scheduler.Server;

return await new SchedulerCommand().InvokeAsync(args);
