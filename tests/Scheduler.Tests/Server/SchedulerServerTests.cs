using Scheduler.Tests.Machine;
using TaskGraph.Messages;
using TaskGraph.Scheduler.Server;
using TaskGraph.Transport;

namespace Scheduler.Tests.Server;

public class SchedulerServerTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("inproc://scheduler-tests")]
    public async Task A_task_travels_from_client_to_worker_and_its_value_back(string bind)
    {
        await using SchedulerServer server = await Start(bind);
        await using Connection worker = await Connection.ConnectAsync(server.Address, MachineBench.HelloOf("w", 2));
        await using Connection client = await Connection.ConnectAsync(server.Address, ClientHello(1));
        Assert.Equal(0, worker.Welcome.WorkerNumber);
        Assert.Equal(server.Epoch, client.Welcome.Epoch);
        client.Write(new DefineFunction { Id = MachineBench.Function, Name = "f", Body = [1] });
        client.Write(new DefineFunction { Id = MachineBench.OtherFunction, Name = "g", Body = [2] });
        Graph graph = new(7);
        TaskId task = graph.Add();
        client.Write(graph.Message);
        client.Flush();
        ComputeTasks compute = await NextAsync<ComputeTasks>(worker);
        Assert.Equal([task], compute.Tasks.Span.ToArray());

        TasksFinished finished = new();
        finished.Tasks.Add(task);
        finished.Attempts.Add(compute.Attempts[0]);
        finished.Bytes.Add(3);
        finished.DurationUs.Add(1);
        finished.InlineRows.Add(0);
        finished.InlineValues.Add([1, 2, 3]);
        worker.Write(finished);
        worker.Flush();

        TasksInMemory told = await NextAsync<TasksInMemory>(client);
        Assert.Equal([1, 2, 3], told.InlineValues[0].ToArray());
    }

    [Fact]
    public async Task That_a_submission_was_accepted_is_told_although_its_task_goes_on()
    {
        await using SchedulerServer server = await Start("tcp://127.0.0.1:0");
        await using Connection worker = await Connection.ConnectAsync(server.Address, MachineBench.HelloOf("w", 2));
        await using Connection client = await Connection.ConnectAsync(server.Address, ClientHello(1));
        client.Write(new DefineFunction { Id = MachineBench.Function, Name = "f", Body = [1] });
        client.Write(new DefineFunction { Id = MachineBench.OtherFunction, Name = "g", Body = [2] });
        Graph graph = new(7);
        graph.Add();
        client.Write(graph.Message);
        client.Flush();

        SubmissionReply reply = await NextAsync<SubmissionReply>(client);

        Assert.True(reply.Accepted);
        Assert.Equal(graph.Message.Submission, reply.Submission);
    }

    [Fact]
    public async Task A_worker_that_closes_its_connection_is_lost_at_once()
    {
        await using SchedulerServer server = await Start("tcp://127.0.0.1:0");
        await using Connection client = await Connection.ConnectAsync(server.Address, ClientHello(1));
        Connection worker = await Connection.ConnectAsync(server.Address, MachineBench.HelloOf("w"));
        Assert.Equal(["w"], (await NextAsync<WorkersJoined>(client)).Names);

        await worker.DisposeAsync();

        WorkersLeft left = await NextAsync<WorkersLeft>(client);
        Assert.Equal([0], left.Numbers.Span.ToArray());
    }

    [Fact]
    public async Task A_second_worker_of_the_same_name_is_refused_in_one_line()
    {
        await using SchedulerServer server = await Start("tcp://127.0.0.1:0");
        await using Connection worker = await Connection.ConnectAsync(server.Address, MachineBench.HelloOf("twin"));
        await NextAsync<WorkersJoined>(worker);

        var refusal = await Assert.ThrowsAsync<ConnectionRefusedException>(() => Connection.ConnectAsync(
            server.Address, MachineBench.HelloOf("twin", incarnation: 3)));

        Assert.Contains("--name", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peers_are_told_when_the_scheduler_stops()
    {
        SchedulerServer server = await Start("tcp://127.0.0.1:0");
        await using Connection client = await Connection.ConnectAsync(server.Address, ClientHello(1));
        client.Write(new ClusterInfoRequest());
        client.Flush();
        await NextAsync<ClusterInfo>(client);

        Task<Goodbye> goodbye = NextAsync<Goodbye>(client);
        await server.DisposeAsync();

        Assert.Equal("the scheduler stops", (await goodbye).Reason);
        await server.Completion;
    }

    [Fact]
    public async Task A_peer_that_sends_what_its_role_does_not_send_is_cut_off()
    {
        await using SchedulerServer server = await Start("tcp://127.0.0.1:0");
        await using Connection client = await Connection.ConnectAsync(server.Address, ClientHello(1));

        client.Write(new TasksFinished());
        client.Flush();

        await Assert.ThrowsAnyAsync<Exception>(() => NextAsync<ClusterInfo>(client));
    }

    [Fact]
    public async Task A_task_whose_inputs_fit_into_no_frame_fails_and_its_worker_lives()
    {
        await using SchedulerServer server = await Start("tcp://127.0.0.1:0");
        await using Connection holder = await Connection.ConnectAsync(server.Address, MachineBench.HelloOf("holder"));
        await using Connection client = await Connection.ConnectAsync(server.Address, ClientHello(1));
        client.Write(new DefineFunction { Id = MachineBench.Function, Name = "f", Body = [1] });
        client.Write(new DefineFunction { Id = MachineBench.OtherFunction, Name = "g", Body = [2] });
        RegisterData data = new() { Submission = 1 };
        for (int i = 0; i < 10_000; i++)
        {
            data.Workers.Add(0);
            data.Bytes.Add(i);
        }

        client.Write(data);
        Graph graph = new(2, KeyForm.Named);
        TaskId[] inputs = [.. Enumerable.Range(0, 10_000).Select(i => new TaskId(1, i))];
        TaskId task = graph.Add(inputs, key: new string('k', Protocol.MaxControlFrameBytes - 10_000));
        client.Write(graph.Message);
        client.Flush();

        TasksErred erred = await NextAsync<TasksErred>(client);

        Assert.Equal(task, erred.Tasks[0]);
        Assert.Contains("10000 inputs", erred.Errors[0].Message, StringComparison.Ordinal);
        client.Write(new ClusterInfoRequest());
        client.Flush();
        ClusterInfo info = await NextAsync<ClusterInfo>(client);
        Assert.Single(info.Workers);
    }

    [Fact]
    public async Task A_port_in_use_is_a_clear_error()
    {
        await using SchedulerServer server = await Start("tcp://127.0.0.1:0");

        var error = await Assert.ThrowsAsync<ListenException>(() => Start(server.Address.ToString()));

        Assert.Contains(server.Address.ToString(), error.Message, StringComparison.Ordinal);
    }

    private static Task<SchedulerServer> Start(string bind) =>
        SchedulerServer.StartAsync(new SchedulerServerOptions { Bind = Address.Parse(bind) });

    private static Hello ClientHello(ulong incarnation) =>
        new() { Role = PeerRole.Client, Name = "tests", Incarnation = incarnation, Session = incarnation };

    /// <summary>The next message of a kind; others are passed over.</summary>
    private static async Task<T> NextAsync<T>(Connection connection)
        where T : Message
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        List<Message> messages = [];
        while (await connection.ReceiveAsync(messages, patience.Token))
        {
            if (messages.OfType<T>().FirstOrDefault() is { } found)
                return found;
            messages.Clear();
        }

        throw new InvalidOperationException($"the connection was closed before a {typeof(T).Name} came");
    }
}
