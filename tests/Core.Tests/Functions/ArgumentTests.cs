using System.Buffers;

namespace TaskGraph.Tests.Functions;

public sealed class ArgumentTests
{
    private readonly FunctionLoader _loader = new(shareProcess: true);

    private delegate void Write(ref ArgumentWriter writer);

    [Fact]
    public void Values_and_dependencies_mix_in_parameter_order()
    {
        var dependencies = new Dependencies("zero", "one");
        var result = Call((int a, string b, double c) => $"{a} {b} {c}", dependencies, (ref writer) =>
        {
            writer.Value(1, PayloadCodecs.For<int>());
            writer.Dependency(1);
            writer.Value(2.5, (PayloadCodec)PayloadCodecs.For<double>());
        });
        Assert.Equal("1 one 2.5", result);
        Assert.Equal(typeof(string), Assert.Single(dependencies.Codecs).ValueType);
    }

    [Fact]
    public void A_range_of_dependencies_becomes_any_sequence_type()
    {
        var dependencies = new Dependencies(9, 1, 2, 3);
        Write range = (ref writer) => writer.Dependencies(1, 3);
        Assert.Equal(6, Call((int[] items) => items.Sum(), dependencies, range));
        Assert.Equal(6, Call((IEnumerable<int> items) => items.Sum(), dependencies, range));
        Assert.Equal(6, Call((IReadOnlyList<int> items) => items.Sum(), dependencies, range));
        Assert.Equal(6, Call((List<int> items) => items.Sum(), dependencies, range));
        Assert.All(dependencies.Codecs, codec => Assert.Equal(typeof(int), codec.ValueType));
    }

    [Fact]
    public void A_range_for_a_parameter_that_is_no_sequence_is_refused_by_its_name()
    {
        var error = Assert.Throws<MalformedFunctionException>(() => Call((int total) => total, new Dependencies(1),
            (ref writer) => writer.Dependencies(0, 1)));
        Assert.Contains("total", error.Message);
    }

    [Fact]
    public void The_task_gets_its_own_cancellation_token()
    {
        using var source = new CancellationTokenSource();
        var function = Load((CancellationToken token) => token.CanBeCanceled);
        var blob = Blob((ref writer) => writer.CancellationToken());
        Assert.Equal(true, function.Invoke(blob, Dependencies.None, source.Token));
        Assert.Equal(false, function.Invoke(blob, Dependencies.None, CancellationToken.None));
    }

    [Fact]
    public void Too_few_and_too_many_arguments_are_refused()
    {
        Assert.Throws<MessagePackException>(() => Call((int a, int b) => a + b, Dependencies.None,
            (ref writer) => writer.Value(1, PayloadCodecs.For<int>())));
        Assert.Throws<MalformedFunctionException>(() => Call((int a) => a, Dependencies.None, (ref writer) =>
        {
            writer.Value(1, PayloadCodecs.For<int>());
            writer.Value(2, PayloadCodecs.For<int>());
        }));
    }

    [Fact]
    public async Task Asynchronous_functions_complete_with_the_inner_result()
    {
        var function = Load(async (int x) =>
        {
            await Task.Yield();
            return x + 1;
        });
        Assert.True(function.IsAsync);
        Assert.Equal(typeof(int), function.ResultType);
        Write five = (ref writer) => writer.Value(5, PayloadCodecs.For<int>());
        Assert.Equal(6, await function.InvokeAsync(Blob(five), Dependencies.None, default));
        Assert.Throws<InvalidOperationException>(() => function.Invoke(Blob(five), Dependencies.None, default));
    }

    [Fact]
    public async Task A_synchronous_function_can_be_invoked_asynchronously()
    {
        Assert.Equal(3, await Load(() => 3).InvokeAsync(default, Dependencies.None, default));
    }

    [Fact]
    public void A_user_exception_is_not_wrapped()
    {
        var error = Assert.Throws<FormatException>(() => Call((string s) => int.Parse(s), Dependencies.None,
            (ref writer) => writer.Value("x", PayloadCodecs.For<string>())));
        Assert.Contains(nameof(ArgumentTests), error.StackTrace);
    }

    [Fact]
    public void A_function_without_result_gives_null_and_a_codec_for_it()
    {
        var function = Load(() => { });
        Assert.Null(function.Invoke(default, Dependencies.None, default));
        Assert.Equal(typeof(Unit), function.ResultType);
        Assert.Null(PayloadCodecs.Decode<Unit?>(PayloadCodecs.Encode<Unit?>(null)));
        Assert.Equal(typeof(Unit), function.ResultCodec.ValueType);
    }

    private object? Call(Delegate function, IDependencyValues dependencies, Write write)
    {
        return Load(function).Invoke(Blob(write), dependencies, default);
    }

    private TaskFunction Load(Delegate function) => _loader.Load(FunctionEncoder.Encode(function).Body);

    private static ReadOnlyMemory<byte> Blob(Write write)
    {
        var blob = new ArrayBufferWriter<byte>();
        var writer = new ArgumentWriter(blob);
        write(ref writer);
        writer.Flush();
        return blob.WrittenMemory;
    }
}
