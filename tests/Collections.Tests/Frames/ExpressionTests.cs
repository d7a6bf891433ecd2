using FsCheck;
using FsCheck.Fluent;
using static TaskGraph.Collections.Expr;

namespace TaskGraph.Collections.Tests.Frames;

public class ExpressionTests
{
    private static readonly Table s_table = Table.FromColumns(
        Column.OfNullable<long>("i", 1, null, 3, -4),
        Column.OfNullable<double>("d", 0.5, 2.5, null, double.NaN),
        Column.Of<string?>("s", "GALAXY", "STAR", null, "QSO"),
        Column.OfNullable<bool>("b", true, false, null, null));

    [Fact]
    public void Comparisons_with_null_are_null_and_drop_rows()
    {
        Assert.Equal([true, null, true, false], Values(Col("i") > 0));
        Assert.Equal(2, s_table.Where(Col("i") > 0).RowCount);
        Assert.Equal(1, s_table.Where(!(Col("i") > 0)).RowCount);
    }

    [Fact]
    public void Integers_add_as_integers_and_divide_as_doubles()
    {
        Assert.Equal([3L, null, 7L, -7L], Values((Col("i") * 2) + 1));
        Assert.Equal([0.5, null, 1.5, -2.0], Values(Col("i") / 2));
        Assert.Equal([1L, null, 0L, -1L], Values(Col("i") % 3));
        Assert.Equal([null, null, null, null], Values(Col("i") % 0));
        Assert.Equal([9L, null, 7L, 14L], Values(10 - Col("i")));
    }

    [Fact]
    public void Integers_and_doubles_meet_in_doubles()
    {
        Assert.Equal([1.5, null, null, double.NaN], Values(Col("i") + Col("d")));
        Assert.Equal([false, null, null, false], Values(Col("i") < Col("d")));
    }

    [Fact]
    public void And_and_or_are_three_valued()
    {
        Assert.Equal([true, false, null, null], Values(Col("b") & true));
        Assert.Equal([false, false, false, false], Values(Col("b") & false));
        Assert.Equal([true, true, true, true], Values(Col("b") | true));
        Assert.Equal([false, true, null, null], Values(!Col("b")));
    }

    [Fact]
    public void Text_is_compared_and_searched()
    {
        Assert.Equal([false, true, null, false], Values(Col("s") == "STAR"));
        Assert.Equal([true, false, null, true], Values(Col("s") < "R"));
        Assert.Equal([true, true, null, false], Values(Col("s").Contains("A")));
        Assert.Equal([true, false, null, false], Values(Col("s").StartsWith("GAL")));
        Assert.Equal([false, true, null, false], Values(Col("s").EndsWith("AR")));
    }

    [Fact]
    public void Nulls_can_be_asked_for_and_filled()
    {
        Assert.Equal([false, true, false, false], Values(Col("i").IsNull()));
        Assert.Equal([true, true, false, true], Values(Col("s").IsNotNull()));
        Assert.Equal([1L, 0L, 3L, -4L], Values(Col("i").FillNull(0)));
        Assert.Equal(["GALAXY", "STAR", "none", "QSO"], Values(Col("s").FillNull("none")));
        Assert.Equal([0.5, 2.5, 3.0, double.NaN], Values(Col("d").FillNull(Col("i"))));
    }

    [Fact]
    public void Casts_change_the_type_and_refuse_what_does_not_fit()
    {
        Assert.Equal([1.0, null, 3.0, -4.0], Values(Col("i").Cast(DataType.Float64)));
        Assert.Equal(["1", null, "3", "-4"], Values(Col("i").Cast(DataType.String)));
        Assert.Equal([1L, null, 3L, -4L], Values(Col("i").Cast(DataType.String).Cast(DataType.Int64)));
        Assert.Equal([1L, 0L, null, null], Values(Col("b").Cast(DataType.Int64)));
        Assert.Throws<SchemaException>(() => Values(Col("d").Cast(DataType.Int64)));
        var error = Assert.Throws<SchemaException>(() => Values(Col("s").Cast(DataType.Int64)));
        Assert.Contains("'GALAXY'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_alone_fill_every_row()
    {
        Assert.Equal([3L, 3L, 3L, 3L], Values(Lit(1L) + 2));
    }

    [Fact]
    public void Types_that_do_not_meet_are_refused_with_the_expression()
    {
        var error = Assert.Throws<SchemaException>(() => Values(Col("s") + 1));
        Assert.Contains("Add cannot take string and int64", error.Message, StringComparison.Ordinal);
        Assert.Throws<SchemaException>(() => Values(Col("i") & true));
        Assert.Throws<SchemaException>(() => s_table.Where(Col("i") + 1));
        Assert.Throws<SchemaException>(() => Values(Col("nothing")));
    }

    [Fact]
    public void Evaluation_agrees_with_a_scalar_evaluator()
    {
        var rows = Gen.Choose(-4, 5).Select(n => n == 5 ? (long?)null : n).ArrayOf(40).ToArbitrary();
        var seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();
        Prop.ForAll(rows, rows, seeds, (a, b, seed) =>
        {
            Table table = Table.FromColumns(
                Column.OfNullable<long>("a", a),
                Column.OfNullable<double>("b", [.. b.Take(a.Length).Concat(a).Take(a.Length).Select(n => n / 2.0)]));
            var random = new Random(seed);
            Expr number = RandomExpressions.Number(random, 4), condition = RandomExpressions.Condition(random, 4);
            foreach (Expr expression in new[] { number, condition, number.Cast(DataType.Float64) > 0.5 })
            {
                object?[] values = ColumnTests.Objects(ExprEvaluator.Evaluate(expression, table));
                object?[] expected = [.. Enumerable.Range(0, table.RowCount).Select(
                    row => ScalarEvaluator.Evaluate(expression, table, row))];
                Assert.True(expected.SequenceEqual(values),
                    $"{expression}: {string.Join(' ', values)} instead of {string.Join(' ', expected)}");
            }
        }).QuickCheckThrowOnFailure();
    }

    private static object?[] Values(Expr expression) =>
        ColumnTests.Objects(ExprEvaluator.Evaluate(expression, s_table));
}
