using TaskGraph.Messages;
using TaskGraph.Scheduler.Machine;

namespace Scheduler.Tests.Machine;

public class CodeTests
{
    private static readonly byte[] s_image = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];
    private static readonly Hash128 s_content = Hash128.Of(s_image.AsSpan(0, 299_000));

    private readonly MachineBench _bench = new();

    [Fact]
    public void An_assembly_is_asked_from_the_client_once_and_passed_to_every_worker_that_needs_it()
    {
        SchedulerWorker a = _bench.NewWorker();
        SchedulerWorker b = _bench.NewWorker();
        Define(_bench.Client);
        Define(_bench.Client);
        Assert.Equal([s_content], _bench.ToldTo<NeedAssemblies>(_bench.Client).Single().Contents.Span.ToArray());
        Need(a);
        Assert.Empty(_bench.ToldTo<AssemblyBytes>(a));

        Ship(s_image, s_content);
        Need(b);

        Assert.Equal(s_image, _bench.ToldTo<AssemblyBytes>(a).SelectMany(chunk => chunk.Chunk));
        Assert.Equal(s_image, _bench.ToldTo<AssemblyBytes>(b).SelectMany(chunk => chunk.Chunk));
        AssemblyBytes first = _bench.ToldTo<AssemblyBytes>(b).First();
        Assert.Equal((299_000, 1000), (first.PeLength, first.PdbLength));
    }

    [Fact]
    public void Bytes_that_do_not_have_the_announced_hash_are_refused()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Need(worker);

        Ship(s_image, Hash128.Of("something else"u8));

        Assert.Equal(_bench.Client, _bench.Effects.Last().Close);
        Assert.Empty(_bench.ToldTo<AssemblyBytes>(worker));
    }

    [Fact]
    public void A_worker_learns_when_the_client_has_not_got_the_assembly_either()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Need(worker);
        Assert.Single(_bench.ToldTo<NeedAssemblies>(_bench.Client));

        _bench.Tell(_bench.Client, new AssemblyBytes { Content = s_content });

        Assert.Equal(0, _bench.ToldTo<AssemblyBytes>(worker).Single().PeLength);
    }

    [Fact]
    public void Another_client_is_asked_when_the_first_one_goes()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Need(worker);
        SchedulerClient second = _bench.NewClient();

        _bench.Machine.DisconnectClient(_bench.Client, _bench.Now);
        _bench.Turn();

        Assert.Single(_bench.ToldTo<NeedAssemblies>(second));
    }

    [Fact]
    public void Another_client_that_has_the_code_is_asked_when_the_first_one_does_not_answer()
    {
        SchedulerWorker worker = _bench.NewWorker();
        SchedulerClient second = _bench.NewClient();
        Define(_bench.Client);
        Define(second);
        Need(worker);
        Assert.Empty(_bench.ToldTo<NeedAssemblies>(second));

        _bench.Advance(2_500_000);

        Assert.Equal([s_content], _bench.ToldTo<NeedAssemblies>(second).Single().Contents.Span.ToArray());
        Assert.Single(_bench.ToldTo<NeedAssemblies>(_bench.Client));
        Ship(s_image, s_content);
        Assert.Empty(_bench.ToldTo<AssemblyBytes>(worker));
        Assert.DoesNotContain(_bench.Effects, effect => effect.Close is not null);
        Ship(s_image, s_content, second);
        Assert.Equal(s_image, _bench.ToldTo<AssemblyBytes>(worker).SelectMany(chunk => chunk.Chunk));
    }

    [Fact]
    public void What_is_left_of_an_answer_that_a_client_had_begun_when_it_was_asked_once_more_does_not_count()
    {
        SchedulerWorker worker = _bench.NewWorker();
        SchedulerClient second = _bench.NewClient();
        Define(_bench.Client);
        Define(second);
        Need(worker);
        Ship(s_image, s_content, chunks: 0..1);
        _bench.Advance(2_500_000);
        _bench.Advance(4_500_000);
        Assert.Equal(2, _bench.ToldTo<NeedAssemblies>(_bench.Client).Count());

        Ship(s_image, s_content, chunks: 1..);
        Assert.Empty(_bench.ToldTo<AssemblyBytes>(worker));
        Ship(s_image, s_content);

        Assert.DoesNotContain(_bench.Effects, effect => effect.Close is not null);
        Assert.Equal(s_image, _bench.ToldTo<AssemblyBytes>(worker).SelectMany(chunk => chunk.Chunk));
    }

    [Fact]
    public void Who_has_defined_functions_with_an_assembly_is_asked_before_others()
    {
        SchedulerWorker worker = _bench.NewWorker();
        SchedulerClient first = _bench.NewClient(), second = _bench.NewClient();
        Define(first);
        Define(second);

        _bench.Machine.DisconnectClient(first, _bench.Now);
        Need(worker);

        Assert.Single(_bench.ToldTo<NeedAssemblies>(second));
        Assert.Empty(_bench.ToldTo<NeedAssemblies>(_bench.Client));
    }

    [Fact]
    public void A_worker_gets_the_assembly_from_another_client_when_the_one_that_was_asked_has_not_got_it()
    {
        SchedulerWorker worker = _bench.NewWorker();
        SchedulerClient second = _bench.NewClient(), third = _bench.NewClient();
        Define(second);
        Define(third);
        Need(worker);

        Lack(second);
        Assert.Single(_bench.ToldTo<NeedAssemblies>(third));
        Lack(third);
        Assert.Empty(_bench.ToldTo<AssemblyBytes>(worker));
        Assert.Single(_bench.ToldTo<NeedAssemblies>(_bench.Client));
        Ship(s_image, s_content);

        Assert.Equal(s_image, _bench.ToldTo<AssemblyBytes>(worker).SelectMany(chunk => chunk.Chunk));
        Assert.Single(_bench.ToldTo<NeedAssemblies>(second));
    }

    [Fact]
    public void A_worker_learns_that_nobody_has_the_assembly_when_every_client_has_said_so_and_may_ask_again()
    {
        SchedulerWorker worker = _bench.NewWorker();
        SchedulerClient second = _bench.NewClient();
        Need(worker);

        Lack(_bench.Client);
        Assert.Empty(_bench.ToldTo<AssemblyBytes>(worker));
        Lack(second);
        Assert.Equal(0, _bench.ToldTo<AssemblyBytes>(worker).Single().PeLength);

        Need(worker);
        Assert.Equal(2, _bench.ToldTo<NeedAssemblies>(_bench.Client).Count());
    }

    [Fact]
    public void A_client_that_has_said_late_that_it_has_not_got_the_assembly_is_not_asked_again()
    {
        SchedulerWorker worker = _bench.NewWorker();
        SchedulerClient second = _bench.NewClient();
        Define(_bench.Client);
        Define(second);
        Need(worker);
        _bench.Advance(2_500_000);
        Assert.Single(_bench.ToldTo<NeedAssemblies>(second));

        Lack(_bench.Client);
        Assert.Empty(_bench.ToldTo<AssemblyBytes>(worker));
        Lack(second);

        Assert.Single(_bench.ToldTo<NeedAssemblies>(_bench.Client));
        Assert.Equal(0, _bench.ToldTo<AssemblyBytes>(worker).Single().PeLength);
    }

    [Fact]
    public void Code_is_waited_for_while_the_client_that_has_it_is_away()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Define(_bench.Client);
        _bench.Machine.DisconnectClient(_bench.Client, _bench.Now);

        Need(worker);
        Assert.Empty(_bench.ToldTo<AssemblyBytes>(worker));
        _bench.Machine.ConnectClient(_bench.Client.Hello, _bench.Now);
        _bench.Turn();
        Assert.Equal(2, _bench.ToldTo<NeedAssemblies>(_bench.Client).Count());
        Ship(s_image, s_content);

        Assert.Equal(s_image, _bench.ToldTo<AssemblyBytes>(worker).SelectMany(chunk => chunk.Chunk));
    }

    [Fact]
    public void Code_is_waited_for_until_the_lease_of_the_client_that_has_it_ends()
    {
        SchedulerWorker worker = _bench.NewWorker();
        Define(_bench.Client);
        Need(worker);
        _bench.Machine.DisconnectClient(_bench.Client, _bench.Now);
        _bench.Turn();
        Assert.Empty(_bench.ToldTo<AssemblyBytes>(worker));

        for (int second = 0; second < 31; second++)
        {
            _bench.Tell(worker, new Heartbeat());
            _bench.Advance(1_000_000);
        }

        Assert.Equal(0, _bench.ToldTo<AssemblyBytes>(worker).Single().PeLength);
    }

    [Fact]
    public void What_is_left_of_an_answer_does_not_count_either_when_the_one_asked_instead_is_away()
    {
        SchedulerWorker worker = _bench.NewWorker();
        SchedulerClient second = _bench.NewClient();
        Define(_bench.Client);
        Define(second);
        Ship(s_image, s_content, chunks: 0..1);
        _bench.Advance(2_500_000);
        Assert.Single(_bench.ToldTo<NeedAssemblies>(second));
        _bench.Machine.DisconnectClient(second, _bench.Now);

        Ship(s_image, s_content, chunks: 1..);
        Assert.DoesNotContain(_bench.Effects, effect => effect.Close is not null);
        Need(worker);
        Ship(s_image, s_content);

        Assert.Equal(s_image, _bench.ToldTo<AssemblyBytes>(worker).SelectMany(chunk => chunk.Chunk));
    }

    [Fact]
    public void A_function_is_introduced_to_a_worker_once()
    {
        SchedulerWorker worker = _bench.NewWorker();
        for (ulong submission = 1; submission <= 3; submission++)
        {
            Graph graph = new(submission);
            graph.Add();
            _bench.Tell(_bench.Client, graph.Message);
        }

        Assert.Single(_bench.ToldTo<DefineFunction>(worker));
        Assert.Equal(3, _bench.Computed(worker).Count);
    }

    [Fact]
    public void One_hash_cannot_mean_two_functions()
    {
        _bench.Tell(_bench.Client, new DefineFunction { Id = MachineBench.Function, Name = "Inc", Body = [66] });

        Assert.Equal(_bench.Client, _bench.Effects.Last().Close);
    }

    private void Define(SchedulerClient client)
    {
        DefineFunction define = new() { Id = Hash128.Of("h"u8), Name = "h", Body = [9] };
        define.Assemblies.Add(s_content);
        _bench.Tell(client, define);
    }

    private void Lack(SchedulerClient client) => _bench.Tell(client, new AssemblyBytes { Content = s_content });

    private void Need(SchedulerWorker worker)
    {
        NeedAssemblies need = new();
        need.Contents.Add(s_content);
        _bench.Tell(worker, need);
    }

    private void Ship(byte[] image, Hash128 content, SchedulerClient? from = null, Range? chunks = null)
    {
        int[] offsets = [.. Enumerable.Range(0, image.Length).Where(at => at % Protocol.MaxChunkBytes == 0)];
        foreach (int offset in offsets[chunks ?? Range.All])
        {
            _bench.Tell(from ?? _bench.Client, new AssemblyBytes
            {
                Content = content,
                Name = "App",
                PeLength = 299_000,
                PdbLength = 1000,
                Offset = offset,
                Chunk = image[offset..Math.Min(image.Length, offset + Protocol.MaxChunkBytes)],
            });
        }
    }
}
