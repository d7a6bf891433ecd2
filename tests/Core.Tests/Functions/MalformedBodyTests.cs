using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace TaskGraph.Tests.Functions;

public sealed class MalformedBodyTests
{
    private static readonly byte[] s_body = Body();

    [Fact]
    public void A_changed_byte_is_refused_or_harmless()
    {
        Prop.ForAll<int, byte>((position, value) =>
        {
            var body = s_body.ToArray();
            body[(int)((uint)position % body.Length)] = value;
            return LoadsOrRefuses(body);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (var length = 0; length < s_body.Length; length++)
        {
            var body = s_body.AsMemory(0, length);
            Assert.Throws<MalformedFunctionException>(() => new FunctionLoader(shareProcess: true).Load(body));
        }
    }

    [Fact]
    public void Any_bytes_are_refused()
    {
        Prop.ForAll<byte[]>(LoadsOrRefuses).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Types_outside_of_the_shared_framework_cannot_be_named_by_text()
    {
        var error = Assert.Throws<MalformedFunctionException>(
            () => new FunctionLoader(shareProcess: true).Load(Named("xunit.assert", "Xunit.Assert")));
        Assert.Contains("xunit.assert", error.Message);
    }

    [Fact]
    public void A_framework_type_that_is_no_delegate_is_refused()
    {
        var error = Assert.Throws<MalformedFunctionException>(
            () => new FunctionLoader().Load(Named("System.Private.CoreLib", "System.Int32")));
        Assert.Contains("delegate type", error.Message);
    }

    [Fact]
    public void Another_format_version_is_refused_with_advice()
    {
        var body = s_body.ToArray();
        body[1] = 99;
        var error = Assert.Throws<MalformedFunctionException>(() => new FunctionLoader().Missing(body));
        Assert.Contains("equal releases", error.Message);
    }

    private static bool LoadsOrRefuses(byte[] body)
    {
        try
        {
            var loader = new FunctionLoader(shareProcess: true);
            _ = loader.Missing(body);
            _ = loader.Load(body);
            return true;
        }
        catch (TaskGraphException)
        {
            return true;
        }
    }

    private static byte[] Body()
    {
        var text = "captured";
        var number = 4;
        Func<int, int> inner = x => x + number;
        return FunctionEncoder.Encode((int x) => text + inner(x)).Body;
    }

    private static byte[] Named(string assembly, string type)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        writer.WriteArrayHeader(6);
        writer.Write(1);
        writer.Write("name");
        writer.WriteArrayHeader(0);
        writer.WriteArrayHeader(3);
        writer.Write(0);
        writer.Write(assembly);
        writer.Write(type);
        writer.WriteNil();
        writer.WriteNil();
        writer.Flush();
        return body.WrittenSpan.ToArray();
    }
}
