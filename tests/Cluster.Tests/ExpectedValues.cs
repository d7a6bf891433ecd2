namespace TaskGraph.Tests;

/// <summary>What the calls of <see cref="Api.CallShapes"/> must come to, by the name of the shape.</summary>
internal static class ExpectedValues
{
    private static readonly Dictionary<string, object?> s_values = new(StringComparer.Ordinal)
    {
        ["method group of a value"] = 2,
        ["method group of a result and a value"] = 12,
        ["method group of a value and a result"] = 12,
        ["method group of two results"] = 14,
        ["lambda without arguments"] = 42,
        ["untyped lambda of a result"] = "2",
        ["typed lambda of a value"] = "5",
        ["asynchronous lambda of a result"] = 3,
        ["asynchronous method of a value"] = 4,
        ["asynchronous method of a result"] = 3,
        ["action of a value"] = null,
        ["action of a result"] = null,
        ["asynchronous action of a value"] = null,
        ["asynchronous action lambda of a result"] = null,
        ["three arguments mixed"] = 16,
        ["untyped lambda of three, with options"] = 16,
        ["four values"] = 10,
        ["four results, one wrapped"] = 28,
        ["a cancellation token"] = Math.Sqrt(2),
        ["eight values"] = 36,
        ["map of a lambda"] = 998_001,
        ["Enumerable.Sum of results"] = 332_833_500,
        ["lambda of an array of results"] = 998_001,
        ["lambda of a sequence of results"] = 1000,
        ["Arg.All"] = 3,
        ["Arg.All beside a value"] = 7,
        ["map over futures"] = "0",
        ["map of an asynchronous method"] = 4,
        ["map of an asynchronous method over futures"] = 5,
        ["zipped map"] = 33,
        ["map of an action"] = null,
        ["map of a lambda with a capture"] = 9,
        ["graph output"] = "3 4",
        ["graph output of a sequence"] = 6,
    };

    /// <summary>Awaits every shape and compares.</summary>
    public static async Task CheckAllAsync(Client client)
    {
        var calls = Api.CallShapes.Submit(client)
            .Concat(Api.CallShapes.Sequences(client)).Concat(Api.CallShapes.Graphs(client)).ToArray();
        Assert.Equal(s_values.Keys.Order(), calls.Select(call => call.Shape).Order());
        foreach (var (shape, future) in calls)
            Assert.Equal((shape, s_values[shape]), (shape, await ValueOf(future)));
    }

    private static async Task<object?> ValueOf(IFuture future) => future switch
    {
        Future<int> number => await number,
        Future<double> number => await number,
        Future<string> text => await text,
        Future<Unit> nothing => await nothing,
        _ => throw new InvalidOperationException($"{future} is of a type that no shape has."),
    };
}
