using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;

namespace TaskGraph.Tests.Functions;

/// <summary>Code that changes between submissions: a program rebuilt while its workers live on.</summary>
public sealed class RebuiltCodeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rebuilt").FullName;

    [Fact]
    public void Two_versions_of_a_program_run_side_by_side()
    {
        var loader = new FunctionLoader();
        Assert.Equal(1, Run(loader, Build("first", 1)));
        Assert.Equal(2, Run(loader, Build("second", 2)));
    }

    [Fact]
    public void An_unchanged_assembly_binds_to_the_version_it_was_sent_with()
    {
        var first = BuildPair("a", 1, null);
        var second = BuildPair("b", 2, Path.Combine(_folder, "a", "App.dll"));
        var loader = new FunctionLoader();
        Assert.Equal(1, Run(loader, first));
        Assert.Equal(2, Run(loader, second));
    }

    [Fact]
    public void A_file_replaced_since_the_program_started_is_refused()
    {
        var function = Build("replaced", 1);
        File.Delete(function.Method.Module.Assembly.Location);
        EmitLibrary("replaced", 2);
        var error = Assert.Throws<FunctionNotShippableException>(() => FunctionEncoder.Encode(function));
        Assert.Contains("Restart the program", error.Fix);
    }

    [Fact]
    public void Functions_load_once_under_concurrent_calls()
    {
        var body = FunctionEncoder.Encode(Build("concurrent", 5)).Body;
        var loader = new FunctionLoader();
        foreach (var missing in loader.Missing(body))
        {
            var image = AssemblyCatalog.Shared.Find(missing.Content)!;
            loader.AddAssembly(missing.Content, image.Pe, image.Pdb);
        }
        var functions = new TaskFunction[8];
        Parallel.For(0, functions.Length, i => functions[i] = loader.Load(body));
        Assert.All(functions, function => Assert.Same(functions[0], function));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static object? Run(FunctionLoader loader, Delegate function)
    {
        var body = FunctionEncoder.Encode(function).Body;
        foreach (var missing in loader.Missing(body))
        {
            var image = AssemblyCatalog.Shared.Find(missing.Content)!;
            loader.AddAssembly(missing.Content, image.Pe, image.Pdb);
        }
        return loader.Load(body).Invoke(default, Dependencies.None, default);
    }

    private Func<int> Build(string folder, int value)
    {
        return Load(EmitLibrary(folder, value), "Library");
    }

    private Func<int> BuildPair(string folder, int value, string? sameApp)
    {
        var library = EmitLibrary(folder, value);
        var app = Path.Combine(_folder, folder, "App.dll");
        if (sameApp is null)
        {
            EmitApp(app, library);
        }
        else
        {
            File.Copy(sameApp, app);
        }
        return Load(app, "App");
    }

    private static Func<int> Load(string path, string type)
    {
        var context = new AssemblyLoadContext(path, isCollectible: false);
        context.Resolving += (c, name) =>
            c.LoadFromAssemblyPath(Path.Combine(Path.GetDirectoryName(path)!, name.Name + ".dll"));
        var method = context.LoadFromAssemblyPath(path).GetType(type)!.GetMethod("Value")!;
        return method.CreateDelegate<Func<int>>();
    }

    private string EmitLibrary(string folder, int value)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, folder)).FullName, "Library.dll");
        Emit(path, "Library", il => il.Emit(OpCodes.Ldc_I4, value));
        return path;
    }

    private static void EmitApp(string path, string library)
    {
        var reference = new AssemblyLoadContext("reference", isCollectible: true).LoadFromAssemblyPath(library);
        Emit(path, "App", il => il.Emit(OpCodes.Call, reference.GetType("Library")!.GetMethod("Value")!));
    }

    private static void Emit(string path, string name, Action<ILGenerator> load)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        var type = assembly.DefineDynamicModule(name).DefineType(
            name, TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        var il = type.DefineMethod("Value", MethodAttributes.Public | MethodAttributes.Static, typeof(int), [])
            .GetILGenerator();
        load(il);
        il.Emit(OpCodes.Ret);
        type.CreateType();
        assembly.Save(path);
    }
}
