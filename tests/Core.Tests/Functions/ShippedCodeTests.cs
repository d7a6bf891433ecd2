using System.Buffers;
using System.Runtime.Loader;

namespace TaskGraph.Tests.Functions;

public sealed class ShippedCodeTests(ShippedBundle bundle) : IClassFixture<ShippedBundle>
{
    private static readonly CancellationTokenSource s_cancellation = new();

    [Fact]
    public async Task Every_form_of_function_runs_in_a_process_that_lacks_its_code()
    {
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, a => a.GetName().Name == "ShippedCode");
        var loader = new FunctionLoader();
        var wrong = new List<string>();
        foreach (var name in bundle.Names.Where(n => n != "failing method"))
        {
            try
            {
                var actual = await Call(bundle.Load(loader, name), bundle[name].Arguments);
                if (actual != bundle[name].Expected)
                {
                    wrong.Add($"{name}: expected {bundle[name].Expected}, got {actual}");
                }
            }
            catch (Exception e)
            {
                wrong.Add($"{name}: {e}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(bundle.Names.Count >= 40, $"only {bundle.Names.Count} cases");
    }

    [Fact]
    public void Only_user_assemblies_travel()
    {
        var loader = new FunctionLoader();
        Assert.Empty(loader.Missing(bundle["framework method group"].Body));
        var missing = loader.Missing(bundle["code of a referenced assembly"].Body).Select(a => a.Name);
        Assert.Equal(["ShippedCode", "ShippedLibrary"], missing.Order());
    }

    [Fact]
    public void An_assembly_is_loaded_once_for_all_functions()
    {
        var loader = new FunctionLoader();
        var person = bundle.Load(loader, "captured record").ResultType;
        var colour = bundle.Load(loader, "captured enum").ResultType;
        Assert.Equal("ShippedCode", person.Assembly.GetName().Name);
        Assert.Same(person.Assembly, colour.Assembly);
        Assert.IsType<ShippedAssemblyContext>(AssemblyLoadContext.GetLoadContext(person.Assembly));
        var first = bundle.Load(loader, "captured enum");
        Assert.Same(first, bundle.Load(loader, "captured enum"));
        loader.Forget(Hash128.Of(bundle["captured enum"].Body));
        Assert.NotSame(first, bundle.Load(loader, "captured enum"));
    }

    [Fact]
    public void A_user_exception_keeps_its_type_and_its_source_line()
    {
        var function = bundle.Load(new FunctionLoader(), "failing method");
        var error = Assert.Throws<InvalidOperationException>(
            () => function.Invoke(bundle["failing method"].Arguments, Dependencies.None, default));
        Assert.Equal("bad luck", error.Message);
        Assert.Contains("Shapes.cs:line", error.StackTrace);
    }

    [Fact]
    public void Shipped_code_can_be_shipped_on()
    {
        var function = bundle.Load(new FunctionLoader(), "lambda that encodes itself");
        var arguments = bundle["lambda that encodes itself"].Arguments;
        var body = (byte[])function.Invoke(arguments, Dependencies.None, default)!;
        var elsewhere = new FunctionLoader();
        foreach (var missing in elsewhere.Missing(body))
        {
            var image = AssemblyCatalog.Shared.Find(missing.Content)!;
            elsewhere.AddAssembly(missing.Content, image.Pe, image.Pdb);
        }
        var blob = new ArrayBufferWriter<byte>();
        var writer = new ArgumentWriter(blob);
        writer.Value(20, PayloadCodecs.For<int>());
        writer.Flush();
        Assert.Equal(21, elsewhere.Load(body).Invoke(blob.WrittenMemory, Dependencies.None, default));
    }

    [Fact]
    public void Assembly_bytes_that_do_not_match_their_hash_are_refused()
    {
        var (content, (pe, _)) = bundle.Assemblies.First();
        var changed = pe.ToArray();
        changed[^1] ^= 1;
        var loader = new FunctionLoader();
        var error = Assert.Throws<MalformedFunctionException>(() => loader.AddAssembly(content, changed, null));
        Assert.Contains(content.ToString(), error.Message);
        Assert.Throws<MalformedFunctionException>(
            () => loader.AddAssembly(Hash128.Of("text"u8), "text"u8.ToArray(), null));
    }

    [Fact]
    public void A_function_whose_assembly_has_not_arrived_is_refused_by_name()
    {
        var error = Assert.Throws<MalformedFunctionException>(
            () => new FunctionLoader().Load(bundle["static method"].Body));
        Assert.Contains("ShippedCode", error.Message);
    }

    private static async Task<string> Call(TaskFunction function, byte[] arguments)
    {
        var result = function.IsAsync
            ? await function.InvokeAsync(arguments, Dependencies.None, s_cancellation.Token)
            : function.Invoke(arguments, Dependencies.None, s_cancellation.Token);
        return result?.ToString() ?? "";
    }
}
