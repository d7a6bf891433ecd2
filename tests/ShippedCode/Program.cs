using ShippedCode;

// A client's program: encodes every case into the file named by its argument, for a process that lacks this code.
using var file = File.Create(args[0]);
using var bundle = new BundleWriter(file);
foreach (var shipped in Cases.All())
{
    await bundle.WriteAsync(shipped);
}
await bundle.WriteAsync(new("failing method", (Func<string, int>)Statics.Fail, "", "bad luck"));

// Every captured local of a top-level program is in one closure, the open file too: only what is read may travel.
var factor = 3;
Func<long> position = () => file.Position;
await bundle.WriteAsync(new("top-level lambda", (int x) => x * factor, "15", 5));
return position() > 0 ? 0 : 1;
