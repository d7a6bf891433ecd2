namespace TaskGraph.Transport.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("tcp://pi0:8786", "tcp://pi0:8786", false)]
    [InlineData("pi0.local:1", "tcp://pi0.local:1", false)]
    [InlineData(" 127.0.0.1:0 ", "tcp://127.0.0.1:0", true)]
    [InlineData("TCP://localhost:80/", "tcp://localhost:80", true)]
    [InlineData("tcp://[::1]:8786", "tcp://[::1]:8786", true)]
    [InlineData("0.0.0.0:8786", "tcp://0.0.0.0:8786", false)]
    [InlineData("10.0.0.7:8786", "tcp://10.0.0.7:8786", false)]
    [InlineData("inproc://cluster-1", "inproc://cluster-1", true)]
    public void Addresses_are_read_and_written(string text, string written, bool loopback)
    {
        var address = Address.Parse(text);
        Assert.Equal(written, address.ToString());
        Assert.Equal(loopback, address.IsLoopback);
        Assert.Equal(address, Address.Parse(address.ToString()));
    }

    [Theory]
    [InlineData("", "port is missing")]
    [InlineData("pi0", "port is missing")]
    [InlineData("tcp://[::1]", "port is missing")]
    [InlineData("pi0:port", "'port' is no port")]
    [InlineData("pi0:65536", "'65536' is no port")]
    [InlineData("pi0:-1", "'-1' is no port")]
    [InlineData(":8786", "host is missing")]
    [InlineData("a b:1", "'a b' is no host")]
    [InlineData("::1:8786", "is no host")]
    [InlineData("[zz]:1", "is no host")]
    [InlineData("http://pi0:80", "'http' is no known scheme")]
    [InlineData("inproc://", "name is missing")]
    public void What_is_no_address_is_refused_in_one_clear_line(string text, string reason)
    {
        var error = Assert.Throws<AddressException>(() => Address.Parse(text));
        Assert.StartsWith($"'{text}' is no address: ", error.Message);
        Assert.Contains(reason, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
