using System.Runtime.CompilerServices;

namespace TaskGraph.Tests.Graphs;

public class GraphTableTests
{
    private static readonly FunctionDefinition s_function = FunctionEncoder.Encode((int x) => x + 1);

    // Only the kind of a dependency's source is looked at.
    private static readonly object s_builder = RuntimeHelpers.GetUninitializedObject(typeof(GraphBuilder));

    private readonly GraphTable _graph = new();
    private readonly object _elsewhere = new Upload(default, []);

    [Fact]
    public void A_task_that_was_named_ahead_keeps_its_place_and_takes_what_it_is_told_later()
    {
        var ahead = _graph.Add("ahead");
        var first = Add("");
        var second = Add("", first);
        SetCall(ahead, first, second);

        Assert.Equal([first, second], _graph.InputsOf(ahead));
        Assert.Equal([first], _graph.InputsOf(second));
        Assert.Equal(0, _graph.InputsOf(first).Length);
    }

    [Fact]
    public void Only_those_that_were_given_a_name_have_one()
    {
        Add("");
        var named = Add("b");
        Add("");

        Assert.Equal(["", "b", ""], Enumerable.Range(0, 3).Select(_graph.NameOf));
        Assert.Equal("b", _graph.Describe(named));
        Assert.EndsWith(" #2", _graph.Describe(2));
    }

    [Fact]
    public void A_result_of_elsewhere_stands_below_zero_and_is_found_again()
    {
        var own = Add("");
        Dependency[] elsewhere = [new(new TaskId(7, 3), _elsewhere), new(new TaskId(7, 4), _elsewhere)];
        var task = _graph.Add("");
        _graph.SetCall(task, s_function, [], [elsewhere[0], OfGraph(own), elsewhere[1]], [], SubmitOptions.Default);

        var inputs = _graph.InputsOf(task).ToArray();
        Assert.Equal(own, inputs[1]);
        Assert.Equal(elsewhere[0], _graph.OuterOf(inputs[0]));
        Assert.Equal(elsewhere[1], _graph.OuterOf(inputs[2]));
    }

    [Fact]
    public void A_graph_of_many_pages_gives_each_task_what_was_put_there()
    {
        const int tasks = 10_000;
        for (var i = 0; i < tasks; i++)
        {
            var task = _graph.Add("");
            _graph.SetCall(
                task, s_function, BitConverter.GetBytes(i), i == 0 ? [] : [OfGraph(i / 2)], [], SubmitOptions.Default);
        }

        for (var i = 1; i < tasks; i++)
        {
            Assert.Equal(i, BitConverter.ToInt32(_graph[i].Arguments.Span));
            Assert.Equal(i / 2, _graph.InputsOf(i)[0]);
        }
    }

    private int Add(string name, params int[] inputs)
    {
        var task = _graph.Add(name);
        SetCall(task, inputs);
        return task;
    }

    private void SetCall(int task, params int[] inputs)
        => _graph.SetCall(task, s_function, [], Array.ConvertAll(inputs, OfGraph), [], SubmitOptions.Default);

    private static Dependency OfGraph(int task) => new(new TaskId(0, task), s_builder);
}
