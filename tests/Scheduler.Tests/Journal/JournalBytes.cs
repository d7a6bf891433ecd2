using System.Buffers;
using Scheduler.Tests.Machine;
using TaskGraph.Scheduler.Journal;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Journal;

/// <summary>Journals in memory.</summary>
internal static class JournalBytes
{
    public static byte[] Of(IEnumerable<JournalEntry> entries)
    {
        ArrayBufferWriter<byte> output = new();
        output.Write(JournalFormat.Header(1));
        foreach (JournalEntry entry in entries)
            JournalFormat.Write(output, entry);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The shorter journal that follows the one of everything recorded.</summary>
    public static byte[] Shortened(MachineBench bench)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("taskgraph-state-");
        try
        {
            string path = Path.Combine(directory.FullName, "old"), shorter = Path.Combine(directory.FullName, "new");
            File.WriteAllBytes(path, Of(bench.Recorded));
            using (FileStream old = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            using (FileStream next = File.Create(shorter))
            {
                next.Write(JournalFormat.Header(2));
                JournalCompactor.Write(next, old, bench.Machine.Snapshot());
            }

            return File.ReadAllBytes(shorter);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>A machine that has replayed what is whole of a journal, and how many bytes that was.</summary>
    public static (SchedulerMachine Machine, long Whole) Replay(byte[] journal, int length)
    {
        SchedulerMachine machine = new(new SchedulerMachineOptions { Epoch = 2 });
        using MemoryStream file = new(journal, 0, length);
        long whole = JournalReader.Read(file, "journal", record => machine.Replay(
            JournalFormat.RoleOf(record), JournalFormat.PeerOf(record), JournalFormat.MessageOf(record)));
        machine.StartAfterReplay(1_000_000);
        machine.EndTurn(1_000_000);
        machine.TurnSent();
        machine.AssertInvariants();
        return (machine, whole);
    }
}
