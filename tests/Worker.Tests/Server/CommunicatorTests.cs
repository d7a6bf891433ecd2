using System.Collections.Concurrent;
using TaskGraph;
using TaskGraph.Messages;
using TaskGraph.Worker.Execution;
using TaskGraph.Worker.Server;

namespace Worker.Tests.Server;

public class CommunicatorTests
{
    [Theory]
    [InlineData(2, 6800)]
    [InlineData(3, 1000)]
    [InlineData(5, 3)]
    [InlineData(8, 997)]
    public async Task All_members_get_the_same_bits_and_they_are_the_sum_in_rank_order(int size, int length)
    {
        await using var bed = await Bed.StartAsync(size);
        var members = await JoinAsync(bed);
        var vectors = Enumerable.Range(0, size).Select(rank => Vector(rank, length)).ToArray();
        var expected = (float[])vectors[0].Clone();
        for (var rank = 1; rank < size; rank++)
        {
            for (var i = 0; i < length; i++)
                expected[i] += vectors[rank][i];
        }

        await AllAsync(members, member => member.AllReduceAsync(vectors[member.Rank]));
        Assert.All(vectors, vector => Assert.Equal(Bits(expected), Bits(vector)));
    }

    [Fact]
    public async Task Many_operations_in_a_row_do_not_disturb_each_other()
    {
        await using var bed = await Bed.StartAsync(3);
        var members = await JoinAsync(bed);
        await AllAsync(members, async member =>
        {
            var vector = new float[100];
            for (var round = 1; round <= 200; round++)
            {
                Array.Fill(vector, round + member.Rank);
                await member.AllReduceAsync(vector);
                Assert.All(vector, value => Assert.Equal((3 * round) + 3, value));
                if (round % 50 == 0)
                    await member.BarrierAsync();
            }
        });
    }

    [Fact]
    public async Task A_broadcast_reaches_every_member()
    {
        await using var bed = await Bed.StartAsync(4);
        var members = await JoinAsync(bed);
        await AllAsync(members, async member =>
        {
            var bytes = new byte[1000];
            if (member.Rank == 2)
                Array.Fill(bytes, (byte)7);
            await member.BroadcastAsync(bytes, root: 2);
            Assert.All(bytes, value => Assert.Equal(7, value));
        });
    }

    [Fact]
    public async Task Messages_between_two_members_keep_their_order()
    {
        await using var bed = await Bed.StartAsync(2);
        var members = await JoinAsync(bed);
        for (byte i = 0; i < 10; i++)
            await members[0].SendAsync(1, tag: 4, new[] { i });
        await members[0].SendAsync(1, tag: 5, "other"u8.ToArray());
        Assert.Equal("other"u8.ToArray(), await members[1].ReceiveAsync(0, tag: 5));
        for (byte i = 0; i < 10; i++)
            Assert.Equal([i], await members[1].ReceiveAsync(0, tag: 4));
    }

    [Fact]
    public async Task What_was_sent_before_a_member_joined_reaches_it()
    {
        await using var bed = await Bed.StartAsync(2);
        var addresses = Addresses(bed);
        var id = Guid.NewGuid();
        await using var first = await Join(bed, 0, new GroupSpec(id, 0, addresses));
        await first.SendAsync(1, tag: 0, "early"u8.ToArray());
        var vector = new float[] { 1 };
        var reduced = first.AllReduceAsync(vector);
        await using var second = await Join(bed, 1, new GroupSpec(id, 1, addresses));
        Assert.Equal("early"u8.ToArray(), await second.ReceiveAsync(0, tag: 0));
        await second.AllReduceAsync(new float[] { 2 });
        await reduced;
        Assert.Equal(3, vector[0]);
    }

    [Fact]
    public async Task A_members_death_fails_every_pending_and_later_call_naming_rank_and_address()
    {
        await using var bed = await Bed.StartAsync(3);
        var members = await JoinAsync(bed);
        var address = bed.Links[2].DataAddress;
        var pending = new[] { members[0].AllReduceAsync(new float[10]), members[1].BarrierAsync() };
        await bed.Workers[2].DisposeAsync();
        foreach (var call in pending)
        {
            var exception = await Assert.ThrowsAsync<CommunicatorException>(() => call.WaitAsync(Limits.Long));
            Assert.Equal((2, address), (exception.Rank, exception.Address));
        }

        await Assert.ThrowsAsync<CommunicatorException>(() => members[0].BarrierAsync());
    }

    [Fact]
    public async Task The_schedulers_word_that_a_worker_left_fails_the_group()
    {
        await using var bed = await Bed.StartAsync(3);
        bed.Introduce();
        var members = await JoinAsync(bed);
        var pending = members[0].ReceiveAsync(2, tag: 0);
        var left = new WorkersLeft();
        left.Numbers.Add(bed.Links[2].Number);
        bed.Links[0].Send(left);
        var exception = await Assert.ThrowsAsync<CommunicatorException>(() => pending.WaitAsync(Limits.Long));
        Assert.Equal(2, exception.Rank);
    }

    [Fact]
    public async Task A_member_that_leaves_fails_those_who_wait_for_it()
    {
        await using var bed = await Bed.StartAsync(2);
        var members = await JoinAsync(bed);
        var pending = members[0].ReceiveAsync(1, tag: 0);
        await members[1].DisposeAsync();
        var exception = await Assert.ThrowsAsync<CommunicatorException>(() => pending.WaitAsync(Limits.Long));
        Assert.Equal(1, exception.Rank);
    }

    [Fact]
    public async Task A_call_that_waits_can_be_cancelled()
    {
        await using var bed = await Bed.StartAsync(2);
        var members = await JoinAsync(bed);
        using var cancellation = new CancellationTokenSource();
        var pending = members[0].ReceiveAsync(1, tag: 0, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.WaitAsync(Limits.Long));
    }

    [Fact]
    public async Task Vectors_of_different_lengths_are_refused_with_the_reason()
    {
        await using var bed = await Bed.StartAsync(2);
        var members = await JoinAsync(bed);
        var calls = new[] { members[0].AllReduceAsync(new float[10]), members[1].AllReduceAsync(new float[12]) };
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => calls[0].WaitAsync(Limits.Long));
        Assert.Contains("same length", exception.Message);
    }

    [Fact]
    public async Task A_group_with_an_unreachable_member_cannot_be_joined()
    {
        await using var bed = await Bed.StartAsync(1);
        var spec = new GroupSpec(Guid.NewGuid(), 0, [bed.Links[0].DataAddress, "tcp://127.0.0.1:1"]);
        var exception = await Assert.ThrowsAsync<CommunicatorException>(() => Join(bed, 0, spec));
        Assert.Equal((1, "tcp://127.0.0.1:1"), (exception.Rank, exception.Address));
    }

    [Fact]
    public async Task A_member_on_another_worker_than_its_rank_says_is_refused()
    {
        await using var bed = await Bed.StartAsync(2);
        var spec = new GroupSpec(Guid.NewGuid(), 1, Addresses(bed));
        await Assert.ThrowsAsync<ArgumentException>(() => Join(bed, 0, spec));
    }

    private static string[] Addresses(Bed bed) => [.. bed.Links.Select(link => link.DataAddress)];

    private static Task<ICommunicator> Join(Bed bed, int rank, GroupSpec spec) =>
        ((IRunHost)bed.Workers[rank]).JoinGroupAsync(spec, default).WaitAsync(Limits.Long);

    private static async Task<ICommunicator[]> JoinAsync(Bed bed)
    {
        var id = Guid.NewGuid();
        var addresses = Addresses(bed);
        return await Task.WhenAll(
            Enumerable.Range(0, addresses.Length).Select(rank => Join(bed, rank, new GroupSpec(id, rank, addresses))));
    }

    private static Task AllAsync(ICommunicator[] members, Func<ICommunicator, Task> act) =>
        Task.WhenAll(members.Select(member => Task.Run(() => act(member)))).WaitAsync(Limits.Long);

    private static float[] Vector(int rank, int length)
    {
        var random = new Random(rank);
        return [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(8))))];
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
