using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;

namespace TaskGraph.Tests.Functions;

public sealed class RefusalTests
{
    private readonly object _gate = new();
    private readonly int _three = 3;

    [Fact]
    public void A_multicast_delegate_is_refused()
    {
        Func<int, int> two = x => x;
        two += x => x + 1;
        Assert.Contains("multicast", Refused(two).Message);
    }

    [Fact]
    public void Code_made_at_run_time_is_refused()
    {
        Expression<Func<int, int>> expression = x => x + 1;
        Assert.Contains("made at run time", Refused(expression.Compile()).Message);
        Assert.Contains("made at run time", Refused(expression.Compile(preferInterpretation: true)).Message);
        var method = new DynamicMethod("Seven", typeof(int), []);
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldc_I4_7);
        il.Emit(OpCodes.Ret);
        Assert.Contains("made at run time", Refused(method.CreateDelegate<Func<int>>()).Message);
    }

    [Fact]
    public void Code_of_an_emitted_assembly_is_refused()
    {
        var builder = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Emitted"), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("Emitted").DefineType("Type", TypeAttributes.Public);
        var il = builder.DefineMethod("Seven", MethodAttributes.Public | MethodAttributes.Static, typeof(int), [])
            .GetILGenerator();
        il.Emit(OpCodes.Ldc_I4_7);
        il.Emit(OpCodes.Ret);
        var method = builder.CreateType().GetMethod("Seven")!;
        Assert.Contains("run time", Refused(method.CreateDelegate<Func<int>>()).Message);
    }

    [Fact]
    public void An_assembly_without_a_file_is_refused()
    {
        var context = new System.Runtime.Loader.AssemblyLoadContext("bytes", isCollectible: true);
        using var bytes = new MemoryStream(File.ReadAllBytes(typeof(RefusalTests).Assembly.Location));
        var type = context.LoadFromStream(bytes).GetType(typeof(RefusalTests).FullName!)!;
        var method = type.GetMethod(nameof(One), BindingFlags.NonPublic | BindingFlags.Static)!;
        var error = Refused(method.CreateDelegate<Func<int>>());
        Assert.Contains("has no file", error.Message);
        Assert.Contains("PublishSingleFile", error.Fix);
        context.Unload();
    }

    [Fact]
    public void References_as_parameters_or_results_are_refused()
    {
        Assert.Contains("reference", Refused((Increment)((ref int x) => x++)).Message);
        Assert.Contains("span", Refused((ReadOnlySpanSum)(span => span.Length)).Message);
        Assert.Contains("returns a reference", Refused((First)(items => ref items[0])).Message);
    }

    [Fact]
    public void What_belongs_to_this_process_is_refused_by_its_path()
    {
        using var stream = new MemoryStream();
        using var source = new CancellationTokenSource();
        var token = source.Token;
        var random = new Random(1);
        var gate = new Lock();
        var plain = new object();
        var query = Enumerable.Range(0, 3).Where(i => i > 0);
        var running = Task.FromResult(1);
        AssertPath("closure.stream", () => stream.Length);
        AssertPath("closure.token", () => token.IsCancellationRequested);
        AssertPath("closure.random", () => random.Next());
        AssertPath("closure.gate", () => gate.IsHeldByCurrentThread);
        AssertPath("closure.plain", () => plain.ToString());
        AssertPath("closure.query", () => query.Count());
        AssertPath("closure.running", () => running.IsCompleted);
    }

    [Fact]
    public void The_path_leads_through_this_and_through_captured_delegates()
    {
        using var stream = new MemoryStream();
        var length = LengthOf(stream);
        AssertPath("closure.length.stream", () => length() + 1);
        AssertPath("this._gate", Locked);
        AssertPath("closure.this._gate", LambdaOverThis(1));
        Assert.NotNull(FunctionEncoder.Encode((Func<int>)Three));
    }

    [Fact]
    public void A_type_can_forbid_its_capture_and_say_what_to_do()
    {
        var future = new Handle();
        var error = Refused(() => future.ToString());
        Assert.Equal("closure.future", error.Path);
        Assert.Equal("Pass it as an argument", error.Fix);
        var many = new List<Handle> { future };
        Assert.Equal("closure.many", Refused(() => many.Count).Path);
        var argument = Assert.Throws<NotSerializableException>(() => PayloadCodecs.For<Handle>());
        Assert.Contains("pass it as an argument", argument.Message);
    }

    [Fact]
    public void A_long_chain_of_closures_is_refused_and_a_short_one_travels()
    {
        var function = new FunctionLoader(shareProcess: true).Load(FunctionEncoder.Encode(Chain(20)).Body);
        Assert.Equal(25, function.Invoke(new byte[] { 0, 5 }, Dependencies.None, default));
        Assert.Contains("nested", Refused(Chain(10_000)).Message);
    }

    [Fact]
    public void A_method_of_an_ambient_object_is_refused_with_the_way_out()
    {
        Assert.Contains("in a lambda", Refused((Func<int>)new Connection().Ping).Fix);
    }

    [Fact]
    public void A_result_that_could_not_come_back_is_refused_at_submit()
    {
        var error = Assert.Throws<NotSerializableException>(() => FunctionEncoder.Encode(() => new MemoryStream()));
        Assert.StartsWith("result of lambda", error.Path);
    }

    [Fact]
    public void State_of_a_framework_base_class_is_refused()
    {
        var error = Refused((Func<string>)new Failure("x").Describe);
        Assert.Contains("System.Exception", error.Message);
    }

    private static Func<int, int> Chain(int length)
    {
        Func<int, int> chain = x => x;
        for (var i = 0; i < length; i++)
        {
            chain = After(chain);
        }
        return chain;
    }

    private static Func<int, int> After(Func<int, int> first) => x => first(x) + 1;

    private static Func<long> LengthOf(Stream stream) => () => stream.Length;

    private static int One() => 1;

    private int Three() => _three;

    private int Locked()
    {
        lock (_gate)
        {
            return _three;
        }
    }

    private Func<int> LambdaOverThis(int extra) => () =>
    {
        lock (_gate)
        {
            return _three + extra;
        }
    };

    private static FunctionNotShippableException Refused(Delegate function)
    {
        return Assert.Throws<FunctionNotShippableException>(() => FunctionEncoder.Encode(function));
    }

    private static void AssertPath(string path, Delegate function)
    {
        var error = Assert.Throws<NotSerializableException>(() => FunctionEncoder.Encode(function));
        Assert.Equal(path, error.Path);
    }

    private delegate void Increment(ref int value);

    private delegate int ReadOnlySpanSum(ReadOnlySpan<int> values);

    private delegate ref int First(int[] items);

    [NotCapturable("pass it as an argument")]
    private sealed class Handle;

    [AmbientOnWorker(nameof(Current))]
    private sealed class Connection
    {
        public static Connection? Current { get; set; }

        public int Ping() => GetHashCode();
    }

    private sealed class Failure(string detail) : Exception
    {
        private readonly string _detail = detail;

        public string Describe() => _detail;
    }
}
