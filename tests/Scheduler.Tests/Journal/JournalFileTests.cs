using Scheduler.Tests.Machine;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Journal;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Journal;

public sealed class JournalFileTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("taskgraph-state-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void A_shortened_journal_replays_to_the_same_state_and_the_one_before_is_kept()
    {
        MachineBench bench = new();
        List<TaskId> wanted = [];
        for (ulong submission = 1; submission <= 40; submission++)
        {
            Graph graph = new(submission, submission % 3 == 0 ? KeyForm.Hashed : KeyForm.Unique);
            TaskId first = graph.Add(wanted: false, key: $"first {submission % 6}", argument: (byte)(submission % 6));
            wanted.Add(graph.Add([first, .. wanted.TakeLast(1)], key: $"second {submission}"));
            wanted.Add(graph.Add([first], key: $"third {submission}"));
            bench.Tell(bench.Client, graph.Message);
            if (submission % 2 == 0)
            {
                bench.Release(bench.Client, wanted[0], wanted[^2]);
                wanted.RemoveAt(wanted.Count - 2);
                wanted.RemoveAt(0);
            }
        }

        using (StateDirectory state = StateDirectory.Open(_path))
        {
            (FileStream file, _) = state.OpenJournal(static _ => { });
            foreach (JournalEntry entry in bench.Recorded)
            {
                System.Buffers.ArrayBufferWriter<byte> record = new();
                JournalFormat.Write(record, entry);
                file.Write(record.WrittenSpan);
            }

            long before = file.Length;
            JournalSnapshot snapshot = bench.Machine.Snapshot();
            using FileStream next = state.CreateNext(file, to => JournalCompactor.Write(to, file, snapshot));
            Assert.InRange(next.Length, 1, before - 1);
        }

        SchedulerMachine machine = Reopen();
        Assert.Equal(bench.Machine.DurableHash(), machine.DurableHash());
        Assert.Equal(["journal-00000001.log", "journal-00000002.log"], Names());
    }

    [Fact]
    public void A_second_scheduler_in_the_same_directory_is_refused()
    {
        using StateDirectory first = StateDirectory.Open(_path);

        JournalException refused = Assert.Throws<JournalException>(() => StateDirectory.Open(_path));

        Assert.Contains(_path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_epoch_grows_with_every_start_and_stays_within_the_cluster()
    {
        List<ulong> epochs = [];
        for (int start = 0; start < 3; start++)
        {
            using StateDirectory state = StateDirectory.Open(_path);
            epochs.Add(state.NextEpoch());
        }

        Assert.True(SchedulerEpoch.IsStale(epochs[0], epochs[2]));
        Assert.False(SchedulerEpoch.IsStale(epochs[2], epochs[0]));
        Assert.False(SchedulerEpoch.IsStale(epochs[0], epochs[0] + (1UL << 40)));
    }

    [Fact]
    public void A_journal_of_every_version_up_to_this_one_is_read_and_a_later_one_is_refused_by_name()
    {
        for (uint version = 1; version <= JournalFormat.Version; version++)
        {
            string name = $"journal-v{version}.bin";
            using Stream file = typeof(JournalFileTests).Assembly.GetManifestResourceStream($"Scheduler.Tests.Journal.{name}")!;
            SchedulerMachine machine = new(new SchedulerMachineOptions());
            JournalReader.Read(file, name, record => machine.Replay(
                JournalFormat.RoleOf(record), JournalFormat.PeerOf(record), JournalFormat.MessageOf(record)));
            machine.StartAfterReplay(1);
            Assert.Equal(3, machine.TaskCount);
        }

        byte[] later = JournalFormat.Header(1);
        later[4] = (byte)(JournalFormat.Version + 1);
        using MemoryStream future = new(later);
        JournalException refused = Assert.Throws<JournalException>(() => JournalReader.Read(future, "x.log", static _ => { }));
        Assert.Contains("x.log", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"version {JournalFormat.Version + 1}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_fails_stops_the_answers_and_is_reported_once()
    {
        using StateDirectory state = StateDirectory.Open(_path);
        (FileStream file, _) = state.OpenJournal(static _ => { });
        using ManualResetEventSlim failed = new();
        Exception? reason = null;
        long committed = 0;
        using JournalWriter writer = new(
            file,
            static (old, _) => old,
            sequence => committed = sequence,
            e =>
            {
                reason = e;
                failed.Set();
            },
            flush: static _ => throw new IOException("no space left on device"));

        writer.Append([new JournalEntry(PeerRole.Client, 1, new ReleaseTasks(), IsDurable: true)], 1);

        Assert.True(failed.Wait(TimeSpan.FromSeconds(30)));
        Assert.Contains("no space left on device", Assert.IsType<JournalException>(reason).Message, StringComparison.Ordinal);
        Assert.Equal(0, committed);
    }

    private SchedulerMachine Reopen()
    {
        SchedulerMachine machine = new(new SchedulerMachineOptions());
        using StateDirectory state = StateDirectory.Open(_path);
        (FileStream file, long cut) = state.OpenJournal(record => machine.Replay(
            JournalFormat.RoleOf(record), JournalFormat.PeerOf(record), JournalFormat.MessageOf(record)));
        file.Dispose();
        Assert.Equal(0, cut);
        machine.StartAfterReplay(1);
        machine.EndTurn(1);
        machine.TurnSent();
        machine.AssertInvariants();
        return machine;
    }

    private string[] Names() =>
        [.. Directory.GetFiles(_path, "journal-*").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
