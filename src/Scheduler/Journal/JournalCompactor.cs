using System.Buffers;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace TaskGraph.Scheduler.Journal;

/// <summary>
/// Writes the next journal: functions and live submissions are copied from the old one as they are, the rest is told
/// by the machine's snapshot.
/// </summary>
internal static class JournalCompactor
{
    private const int FlushBytes = 1 << 20;

    public static void Write(FileStream next, FileStream old, JournalSnapshot snapshot)
    {
        ArrayBufferWriter<byte> output = new(FlushBytes * 2);
        foreach (JournalEntry entry in snapshot.First)
            Append(output, next, entry);
        HashSet<ulong> begun = [];
        using (FileStream source = new(old.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0))
            JournalReader.Read(source, source.Name, record => Copy(record, snapshot, begun, output, next));
        foreach (JournalEntry entry in snapshot.Claims)
            Append(output, next, entry);
        Append(output, next, new JournalEntry(PeerRole.Scheduler, 0, new SubmissionKept(), IsDurable: false));
        foreach (JournalEntry entry in snapshot.Last)
            Append(output, next, entry);
        next.Write(output.WrittenSpan);
    }

    private static void Copy(
        ReadOnlySpan<byte> record, JournalSnapshot snapshot, HashSet<ulong> begun, ArrayBufferWriter<byte> output, FileStream next)
    {
        if (JournalFormat.RoleOf(record) != PeerRole.Client)
            return;
        switch (JournalFormat.KindOf(record, out ulong submission))
        {
            case MessageKind.DefineFunction or MessageKind.AssemblyBytes:
                break;
            case MessageKind.SubmitTasks or MessageKind.RegisterData:
                if (!snapshot.Kept.ContainsKey(submission))
                    return;
                if (begun.Add(submission))
                {
                    foreach (JournalEntry entry in snapshot.Before(submission))
                        Append(output, next, entry);
                }

                break;
            default:
                return;
        }

        output.Write(record);
        Flush(output, next);
    }

    private static void Append(ArrayBufferWriter<byte> output, FileStream next, in JournalEntry entry)
    {
        JournalFormat.Write(output, entry);
        Flush(output, next);
    }

    private static void Flush(ArrayBufferWriter<byte> output, FileStream next)
    {
        if (output.WrittenCount < FlushBytes)
            return;
        next.Write(output.WrittenSpan);
        output.ResetWrittenCount();
    }
}
