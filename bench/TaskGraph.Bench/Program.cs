using TaskGraph.Bench;

return await new BenchCommand().RunAsync(args);
