using TaskGraph.Configuration;

namespace TaskGraph.Tests.Api;

public class ConfiguredClientTests
{
    [Fact]
    public void The_configured_scheduler_and_times_are_a_clients()
    {
        ClientOptions options = ClientOptions.Configured(ConfigurationValues.Load(new ConfigurationSources
        {
            Variables = new Dictionary<string, string>
            {
                ["TASKGRAPH_SCHEDULER"] = "tcp://pi0:8786",
                ["TASKGRAPH__SCHEDULER_FILE"] = "ignored.json",
                ["TASKGRAPH__CLIENT__CONNECT_TIMEOUT"] = "5s",
                ["TASKGRAPH__CLIENT__LARGE_ARGUMENT_WARNING"] = "2MiB",
            },
        }));

        Assert.Equal(("tcp://pi0:8786", null), (options.Address, options.SchedulerFile));
        Assert.Equal((TimeSpan.FromSeconds(5), 2 << 20), (options.ConnectTimeout, options.LargeArgumentBytes));
    }

    [Fact]
    public void Without_configuration_a_client_has_the_defaults_of_its_options() =>
        Assert.Equal(new ClientOptions(), ClientOptions.Configured(ConfigurationValues.Defaults));

    [Fact]
    public async Task A_client_without_any_scheduler_says_how_to_name_one()
    {
        var error = await Assert.ThrowsAsync<TaskGraphException>(() => Client.ConnectAsync());

        Assert.Contains("LocalCluster", error.Message, StringComparison.Ordinal);
        Assert.Contains("TASKGRAPH_SCHEDULER", error.Message, StringComparison.Ordinal);
    }
}
