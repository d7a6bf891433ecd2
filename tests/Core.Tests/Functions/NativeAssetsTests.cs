using System.Text;

namespace TaskGraph.Tests.Functions;

public sealed class NativeAssetsTests
{
    private const string DepsJson = """
        { "targets": { ".NETCoreApp,Version=v10.0": {
          "App/1.0.0": { "dependencies": { "Sql": "2.1.0" }, "runtime": { "App.dll": {} } },
          "Sql/2.1.0": { "dependencies": { "Sql.Native": "2.1.0" }, "runtime": { "lib/net8.0/Sql.dll": {} } },
          "Sql.Native/2.1.0": { "runtimeTargets": {
            "runtimes/linux-x64/native/libsql.so": { "rid": "linux-x64", "assetType": "native" },
            "runtimes/win-x64/native/sql.dll": { "rid": "win-x64", "assetType": "native" } } },
          "Zip/1.0.0": { "runtime": { "lib/net8.0/Zip.dll": {} }, "runtimeTargets": {
            "runtimes/unix/native/libzip.so": { "rid": "unix", "assetType": "native" },
            "runtimes/win/lib/net8.0/Zip.dll": { "rid": "win", "assetType": "runtime" } } }
        } } }
        """;

    [Fact]
    public void Native_libraries_are_found_in_the_package_and_in_native_packages_beside_it()
    {
        var platforms = NativeAssets.Parse(Encoding.UTF8.GetBytes(DepsJson));
        Assert.Equal(["linux-x64", "win-x64"], platforms["Sql"]);
        Assert.Equal(["unix"], platforms["Zip"]);
        Assert.Equal(["Sql", "Zip"], platforms.Keys.Order());
    }

    [Theory]
    [InlineData("linux-x64", true)]
    [InlineData("linux-arm64", false)]
    [InlineData("osx-arm64", false)]
    public void Only_the_platform_itself_or_its_family_is_served(string platform, bool served)
    {
        Assert.Equal(served, NativeAssets.Serve(["linux-x64", "win-x64"], platform));
        Assert.True(NativeAssets.Serve(["unix"], platform));
    }

    [Fact]
    public void A_function_without_native_libraries_runs_on_every_platform()
    {
        var definition = FunctionEncoder.Encode((int x) => x);
        Assert.Null(Record.Exception(() => definition.RequirePlatform("linux-arm64")));
    }
}
