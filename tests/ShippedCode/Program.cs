using ShippedCode;

// A client's program: encodes every case into the file named by its argument, for a process that lacks this code.
using var file = File.Create(args[0]);
using var bundle = new BundleWriter(file);
foreach (var shipped in Cases.All())
{
    await bundle.WriteAsync(shipped);
}
await bundle.WriteAsync(new("failing method", (Func<string, int>)Statics.Fail, "", "bad luck"));
return 0;
