using System.Runtime.Serialization;
using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Tests.Functions;

public sealed class EncoderTests
{
    private static int s_mutable = 41;
    private static readonly int[] s_constant = [1, 2];

    [Fact]
    public void A_function_without_captures_is_encoded_once()
    {
        Assert.Same(FunctionEncoder.Encode((Func<int, int>)Twice), FunctionEncoder.Encode((Func<int, int>)Twice));
        Assert.Same(FunctionEncoder.Encode(Lambda()), FunctionEncoder.Encode(Lambda()));
        Assert.NotEqual(FunctionEncoder.Encode((Func<int, int>)Twice).Id,
            FunctionEncoder.Encode((Converter<int, int>)Twice).Id);
    }

    [Fact]
    public void Functions_are_equal_when_code_and_captures_are()
    {
        Prop.ForAll<int, int>((a, b) =>
            (FunctionEncoder.Encode(Adder(a)).Id == FunctionEncoder.Encode(Adder(b)).Id) == (a == b))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Captured_values_arrive_as_they_were()
    {
        var loader = new FunctionLoader(shareProcess: true);
        Prop.ForAll<int, string, double[]>((number, text, values) =>
        {
            var function = loader.Load(FunctionEncoder.Encode(() => (number, text, values.Length)).Body);
            return (ValueTuple<int, string, int>)function.Invoke(default, Dependencies.None, default)!
                == (number, text, values.Length);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_delegate_caches_of_a_closure_do_not_change_its_identity()
    {
        var outer = 1;
        Func<int, int> function = x => Enumerable.Range(0, x).Select(i => i + outer).Sum();
        var before = FunctionEncoder.Encode(function).Id;
        Assert.Equal(6, function(3));
        Assert.Equal(before, FunctionEncoder.Encode(function).Id);
    }

    [Fact]
    public void The_definition_tells_names_and_types()
    {
        var definition = FunctionEncoder.Encode(async (int x, string y) =>
        {
            await Task.Yield();
            return x + y.Length;
        });
        Assert.Equal("lambda", definition.Name);
        Assert.Equal([typeof(int), typeof(string)], definition.ParameterTypes);
        Assert.Equal(typeof(int), definition.ResultType);
        Assert.True(definition.IsAsync);
        Assert.Equal("Core.Tests", definition.Assemblies[0].Name);
        Assert.DoesNotContain(definition.Assemblies, a => a.Name.StartsWith("System.", StringComparison.Ordinal));
        Assert.DoesNotContain(definition.Assemblies, a => a.Name == "TaskGraph.Core");
        Assert.Equal("Twice", FunctionEncoder.Encode((Func<int, int>)Twice).Name);
        Assert.Equal("Local", FunctionEncoder.Encode((Func<int>)Local).Name);
        Assert.Equal(typeof(Unit), FunctionEncoder.Encode(() => { }).ResultType);
        static int Local() => 1;
    }

    [Fact]
    public void A_large_capture_is_warned_of_by_name_and_size()
    {
        var table = new double[1 << 18];
        var small = 1;
        var warning = Assert.Single(FunctionEncoder.Encode(() => table.Length + small).Warnings);
        Assert.Contains("closure.table", warning);
        Assert.Contains("2.0 MiB", warning);
        Assert.Empty(FunctionEncoder.Encode(() => small).Warnings);
    }

    [Fact]
    public void Mutable_static_fields_are_warned_of_also_in_called_code()
    {
        var warning = Assert.Single(FunctionEncoder.Encode((int x) => Indirect(x)).Warnings);
        Assert.Contains("EncoderTests.s_mutable", warning);
        Assert.Contains("Counted", Assert.Single(FunctionEncoder.Encode(() => Settings.Counted++).Warnings));
        Assert.Empty(FunctionEncoder.Encode(() => s_constant.Length).Warnings);
    }

    [Fact]
    public void An_ambient_type_is_filled_on_the_worker_and_does_not_travel()
    {
        var ambient = new Ambient("client");
        var function = new FunctionLoader(shareProcess: true).Load(FunctionEncoder.Encode(() => ambient.Name).Body);
        Ambient.Current = new Ambient("worker");
        Assert.Equal("worker", function.Invoke(default, Dependencies.None, default));
    }

    [Fact]
    public void An_in_process_worker_shares_the_types_of_its_user()
    {
        var definition = FunctionEncoder.Encode(() => new Settings { Size = 7 });
        var loader = new FunctionLoader(shareProcess: true);
        Assert.Empty(loader.Missing(definition.Body));
        var result = loader.Load(definition.Body).Invoke(default, Dependencies.None, default);
        Assert.Equal(7, Assert.IsType<Settings>(result).Size);
        Assert.NotEmpty(new FunctionLoader().Missing(definition.Body));
    }

    [Fact]
    public void Private_types_can_be_parameters_and_results()
    {
        var function = new FunctionLoader(shareProcess: true).Load(
            FunctionEncoder.Encode((Hidden hidden) => hidden with { Value = hidden.Value + 1 }).Body);
        var result = function.Invoke(new byte[] { 1, 0 }, new Dependencies(new Hidden(1)), default);
        Assert.Equal(new Hidden(2), result);
    }

    [Fact]
    public void A_base_class_that_declares_its_cases_carries_the_capture()
    {
        Shape shape = new Circle { Radius = 2 };
        var function = new FunctionLoader(shareProcess: true).Load(
            FunctionEncoder.Encode(() => shape is Circle circle ? circle.Radius : 0).Body);
        Assert.Equal(2, function.Invoke(default, Dependencies.None, default));
    }

    [Fact]
    public void A_derived_object_in_a_base_typed_capture_is_not_sliced()
    {
        Animal animal = new Dog { Name = "Rex", Tricks = 3 };
        var function = new FunctionLoader(shareProcess: true).Load(
            FunctionEncoder.Encode(() => animal is Dog dog ? dog.Tricks : 0).Body);
        Assert.Equal(3, function.Invoke(default, Dependencies.None, default));
    }

    private static int Twice(int x) => 2 * x;

    private static int Indirect(int x) => x + s_mutable++;

    private static Func<int, int> Lambda() => x => x + 1;

    private static Func<int, int> Adder(int a) => x => x + a;

    public class Animal
    {
        public string Name { get; set; } = "";
    }

    public sealed class Dog : Animal
    {
        public int Tricks { get; set; }
    }

    public sealed class Settings
    {
        public static int Counted { get; set; }

        public int Size { get; set; }
    }

    private sealed record Hidden(int Value);

    [KnownType(typeof(Circle))]
    public abstract class Shape;

    public sealed class Circle : Shape
    {
        public int Radius { get; set; }
    }

    [AmbientOnWorker(nameof(Current))]
    private sealed class Ambient(string name)
    {
        public static Ambient? Current { get; set; }

        public string Name { get; } = name;
    }
}
