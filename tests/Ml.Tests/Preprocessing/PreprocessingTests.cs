using FsCheck;
using FsCheck.Fluent;
using TaskGraph.Collections;

namespace TaskGraph.Ml.Tests;

public sealed class PreprocessingTests
{
    [Fact]
    public void Moments_of_parts_merge_into_the_moments_of_the_whole() => Prop.ForAll(
        ArbMap.Default.ArbFor<int[]>(), ArbMap.Default.ArbFor<int[]>(), (left, right) =>
        {
            var merged = Moments(left).Merge(Moments(right));
            var whole = Moments([.. left, .. right]);
            return merged.Count == whole.Count
                && Math.Abs(merged.Mean - whole.Mean) <= 1e-9 * (1 + Math.Abs(whole.Mean))
                && Math.Abs(merged.M2 - whole.M2) <= 1e-9 * (1 + whole.M2);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_far_mean_costs_no_digits_of_the_spread()
    {
        var moments = ColumnMoments.Of(Column.Of<double>("x", 1e9 + 1, 1e9 + 2, 1e9 + 3));
        Assert.Equal(2.0 / 3, moments.Variance, 1e-9);
    }

    [Fact]
    public void Scaled_columns_have_mean_zero_and_deviation_one_and_keep_their_nulls()
    {
        var table = Table.FromColumns(
            Column.OfNullable<double>("x", 1, 2, null, 6), Column.Of<long>("n", 4, 4, 4, 4),
            Column.Of("t", "a", "b", "c", "d"));
        var scaler = new StandardScaler().Fit(table, "x", "n");
        var scaled = scaler.Transform(table);
        var moments = ColumnMoments.Of(scaled["x"]);
        Assert.Equal(0, moments.Mean, 1e-12);
        Assert.Equal(1, moments.Variance, 1e-12);
        Assert.True(scaled["x"].IsNull(2));
        Assert.Equal([0d, 0d, 0d, 0d], scaled.Column<double>("n").Values.ToArray());
        Assert.Equal("b", scaled["t"].GetValue(1));
    }

    [Fact]
    public void Text_cannot_be_scaled_and_the_error_names_the_column()
    {
        var table = Table.FromColumns(Column.Of("name", "a", "b"));
        var error = Assert.Throws<SchemaException>(() => new StandardScaler().Fit(table, "name"));
        Assert.Contains("'name'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_are_numbered_in_order_and_turned_back()
    {
        var labels = Column.Of("class", "STAR", "GALAXY", "QSO", "GALAXY");
        var encoder = new LabelEncoder().Fit(labels);
        int[] numbers = encoder.Transform(labels);
        Assert.Equal([2, 0, 1, 0], numbers);
        Assert.Equal("STAR", encoder.InverseTransform(numbers).GetValue(0));
        var integers = new LabelEncoder().Fit(Column.Of<long>("digit", 7, -1, 3));
        Assert.Equal([2, 0], integers.Transform(Column.Of<long>("digit", 7, -1)));
    }

    [Fact]
    public void An_unknown_label_is_named()
    {
        var encoder = new LabelEncoder().Fit(Column.Of("class", "a", "b"));
        var error = Assert.Throws<SchemaException>(() => encoder.Transform(Column.Of("class", "a", "zebra")));
        Assert.Contains("'zebra' in row 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_among_the_features_is_named()
    {
        var column = Column.OfNullable<double>("u", 1, null);
        var error = Assert.Throws<SchemaException>(() => NumericValues.CopyTo(column, new float[2], 1));
        Assert.Contains("'u'", error.Message, StringComparison.Ordinal);
    }

    private static ColumnMoments Moments(int[] values) =>
        ColumnMoments.Of(Column.Of<double>("x", Array.ConvertAll(values, value => (double)value)));
}
