using System.Diagnostics;

namespace TaskGraph.Bench;

/// <summary>CPU time and memory of another process of this machine.</summary>
internal sealed class ProcessFigures(int processId)
{
    public double CpuSeconds()
    {
        using var process = Process.GetProcessById(processId);
        return process.TotalProcessorTime.TotalSeconds;
    }

    public double RssMegabytes()
    {
        using var process = Process.GetProcessById(processId);
        return process.WorkingSet64 / (1024.0 * 1024.0);
    }
}
