using System.Runtime.ExceptionServices;
using TaskGraph.Collections;

namespace TaskGraph.Ml;

/// <summary>What runs on a worker: joins the group and trains its ranks until the last epoch.</summary>
internal static class TrainerTask
{
    /// <summary>
    /// Trains; the worker in place 0 reports each epoch and returns the last state, the others nothing.
    /// </summary>
    public static async Task<TrainerState> RunAsync(TrainerOrder order, Table[] partitions)
    {
        var context = TaskContext.Current
            ?? throw new InvalidOperationException("A trainer runs as a task on a worker.");
        context.Secede();
        var shards = Shards(order, partitions);
        var spec = new GroupSpec(order.Group, order.Place, order.Addresses);
        var workers = await context.JoinGroupAsync(spec, context.Cancellation).ConfigureAwait(false);
        await using (workers.ConfigureAwait(false))
        {
            var ranks = new WorkerRanks(workers, order.Ranks);
            var runs = new Task<TrainerState>[shards.Length];
            for (int i = 0; i < runs.Length; i++)
            {
                int local = i;
                runs[i] = Task.Run(() => RankAsync(order, shards[local], ranks, local, context));
            }

            await ((Task)Task.WhenAll(runs)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // Of several failures the first is the cause of the others.
            if (ranks.Failure is { } failure)
                ExceptionDispatchInfo.Throw(failure);
            return await runs[0].ConfigureAwait(false);
        }
    }

    /// <summary>Rows of a partition: a task of its own, so that only a number travels.</summary>
    public static int CountRows(Table partition) => partition.RowCount;

    private static async Task<TrainerState> RankAsync(
        TrainerOrder order, Shard shard, WorkerRanks ranks, int local, TaskContext context)
    {
        try
        {
            var member = ranks.Member(local);
            var trainer = new ShardTrainer(order.Settings, shard, member, order.Start);
            while (trainer.Epoch < order.MaxEpochs)
            {
                var report = await trainer.RunEpochAsync(context.Cancellation).ConfigureAwait(false);
                if (member.Rank != 0)
                    continue;
                foreach (byte[] part in new EpochMessage { Report = report, State = trainer.State }.ToParts())
                    context.Report(part);
            }

            return member.Rank == 0 ? trainer.State : new TrainerState { Epoch = trainer.Epoch };
        }
        catch (Exception e)
        {
            ranks.Fail(e);
            throw;
        }
    }

    /// <summary>The rows of this worker, dealt to its ranks in equal runs.</summary>
    private static Shard[] Shards(TrainerOrder order, Table[] partitions)
    {
        var encoder = new LabelEncoder().Accept(order.Classes!.Columns[0]);
        int width = order.Features.Length;
        int rows = order.Counts.Sum();
        float[] features = new float[checked(rows * width)];
        int[] labels = new int[rows];
        int row = 0;
        for (int i = 0; i < partitions.Length; i++)
        {
            var part = partitions[i].Slice(order.Starts[i], order.Counts[i]);
            for (int j = 0; j < width; j++)
                NumericValues.CopyTo(part[order.Features[j]], features.AsSpan((row * width) + j), width);
            encoder.Transform(part[order.Label]).CopyTo(labels, row);
            row += part.RowCount;
        }

        var shards = new Shard[order.Ranks[order.Place]];
        for (int i = 0; i < shards.Length; i++)
        {
            int from = (int)((long)rows * i / shards.Length), to = (int)((long)rows * (i + 1) / shards.Length);
            shards[i] = new Shard(features[(from * width)..(to * width)], labels[from..to], width);
        }

        return shards;
    }
}
