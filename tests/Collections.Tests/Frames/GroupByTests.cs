using FsCheck;
using FsCheck.Fluent;
using static TaskGraph.Collections.Expr;

namespace TaskGraph.Collections.Tests.Frames;

public class GroupByTests
{
    private static readonly Aggregate[] s_all =
        [Count(), Count("x"), Sum("x"), Mean("x"), Min("x"), Max("x"), Sum("n"), Min("s"), Max("s")];

    [Fact]
    public void Groups_come_ordered_by_key_and_null_keys_are_left_out()
    {
        Table table = Table.FromColumns(
            Column.Of<string?>("k", "b", null, "a", "b"), Column.OfNullable<long>("v", 1, 2, null, 4));

        Table result = table.GroupBy(["k"], Count(), Sum("v"), Mean("v").As("mean"), Min("v"));

        Assert.Equal(["a", "b"], ColumnTests.Objects(result["k"]));
        Assert.Equal([1L, 2L], ColumnTests.Objects(result["count"]));
        Assert.Equal([0L, 5L], ColumnTests.Objects(result["v_sum"]));
        Assert.Equal([null, 2.5], ColumnTests.Objects(result["mean"]));
        Assert.Equal([null, 1L], ColumnTests.Objects(result["v_min"]));
    }

    [Fact]
    public void Without_keys_all_rows_are_one_group()
    {
        Table table = Table.FromColumns(Column.Of("v", 1.5, 2.5));

        Assert.Equal([4.0, 2L], table.GroupBy([], Sum("v"), Count()).Columns.Select(c => c.GetValue(0)));
        Table none = table.Head(0).GroupBy([], Sum("v"), Count(), Mean("v"));
        Assert.Equal([0.0, 0L, null], none.Columns.Select(c => c.GetValue(0)));
    }

    [Fact]
    public void Aggregates_take_expressions()
    {
        Table table = Table.FromColumns(Column.Of("k", true, false, true), Column.Of("v", 1L, 2L, 3L));

        Table result = table.GroupBy(["k"], Sum(Col("v") * 10).As("s"), Sum(Col("v") > 1).As("n"));

        Assert.Equal([20L, 40L], ColumnTests.Objects(result["s"]));
        Assert.Equal([1L, 1L], ColumnTests.Objects(result["n"]));
    }

    [Fact]
    public void Sums_of_large_and_small_numbers_lose_nothing()
    {
        double[] values = [1e16, .. Enumerable.Repeat(1.0, 1000), -1e16];
        Table table = Table.FromColumns(Column.Of("v", values));

        Assert.Equal(1000.0, table.GroupBy([], Sum("v"))["v_sum"].GetValue(0));
    }

    [Fact]
    public void A_sum_of_integers_that_overflows_says_so()
    {
        Table table = Table.FromColumns(Column.Of("v", long.MaxValue, 1L));
        var error = Assert.Throws<OverflowException>(() => table.GroupBy([], Sum("v")));
        Assert.Contains("'v'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sum_of_text_is_refused()
    {
        Assert.Throws<SchemaException>(() => Table.FromColumns(Column.Of("v", "x")).GroupBy([], Sum("v")));
    }

    [Fact]
    public void Not_a_number_is_one_key_and_no_extreme()
    {
        Table table = Table.FromColumns(
            Column.Of("k", double.NaN, 0.0, -0.0, double.NaN), Column.Of("v", 1.0, double.NaN, 3.0, double.NaN));

        Table result = table.GroupBy(["k"], Count(), Min("v"), Max("v"));

        Assert.Equal([2L, 2L], ColumnTests.Objects(result["count"]));
        Assert.Equal([3.0, 1.0], ColumnTests.Objects(result["v_max"]));
    }

    [Fact]
    public void Partial_states_merge_to_what_linq_finds()
    {
        var rows = Gen.Choose(0, 400).SelectMany(n => Gen.Choose(-6, 6).ArrayOf(n)).ToArbitrary();
        var seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();
        Prop.ForAll(rows, seeds, (numbers, seed) =>
        {
            var random = new Random(seed);
            Row[] data = [.. numbers.Select(n => new Row(
                n == 6 ? null : $"k{n}", random.Next(3), random.Next(5) == 0 ? null : n * 0.1, random.Next(100),
                    $"s{random.Next(9)}"))];
            Table table = Table.FromRecords(data);
            string[][] keySets = [["k"], ["j"], ["k", "j"]];
            string[] keys = keySets[random.Next(3)];
            Table result = InParts(table, keys, random);
            var groups = data.Where(r => !keys.Contains("k") || r.k is not null)
                .GroupBy(r => (k: keys.Contains("k") ? r.k : null, j: keys.Contains("j") ? r.j : 0))
                .OrderBy(g => g.Key.k, StringComparer.Ordinal).ThenBy(g => g.Key.j).ToArray();
            Assert.Equal(groups.Length, result.RowCount);
            for (int i = 0; i < groups.Length; i++)
                Check(groups[i].ToArray(), result, i);
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Groups in parts (some of them empty) whose states are merged in two steps.</summary>
    private static Table InParts(Table table, string[] keys, Random random)
    {
        int[] cuts = [0, .. Enumerable.Range(0, random.Next(8)).Select(_ => random.Next(table.RowCount + 1)),
            table.RowCount];
        Array.Sort(cuts);
        Table[] partials = [.. cuts.Zip(cuts.Skip(1), (start, end) =>
            GroupByKernel.Partial(table.Slice(start, end - start), keys, s_all))];
        int half = (partials.Length / 2) + 1;
        Table firstHalf = GroupByKernel.Merge(partials[..half], keys, s_all);
        return GroupByKernel.Finish(GroupByKernel.Merge([firstHalf, .. partials[half..]], keys, s_all), keys, s_all);
    }

    private static void Check(Row[] group, Table result, int row)
    {
        double[] present = [.. group.Where(r => r.x is not null).Select(r => r.x!.Value)];
        Assert.Equal((long)group.Length, result["count"].GetValue(row));
        Assert.Equal((long)present.Length, result["x_count"].GetValue(row));
        Assert.Equal(present.Sum(), (double)result["x_sum"].GetValue(row)!, 1e-9);
        Assert.Equal(group.Sum(r => r.n), result["n_sum"].GetValue(row));
        Assert.Equal(group.Min(r => r.s), result["s_min"].GetValue(row));
        Assert.Equal(group.Max(r => r.s), result["s_max"].GetValue(row));
        if (present.Length == 0)
        {
            Assert.Null(result["x_mean"].GetValue(row));
            Assert.Null(result["x_min"].GetValue(row));
            return;
        }
        Assert.Equal(present.Average(), (double)result["x_mean"].GetValue(row)!, 1e-9);
        Assert.Equal(present.Min(), result["x_min"].GetValue(row));
        Assert.Equal(present.Max(), result["x_max"].GetValue(row));
    }

    private sealed record Row(string? k, long j, double? x, long n, string s);
}
