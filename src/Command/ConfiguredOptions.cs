using System.CommandLine;
using System.CommandLine.Parsing;
using TaskGraph.Configuration;

namespace TaskGraph.Command;

/// <summary>
/// Options whose default is a configured value: what stands on the command line wins. Compiled into both executables.
/// </summary>
internal sealed class ConfiguredOptions(ConfigurationValues configuration)
{
    private readonly List<(Option Option, string Key)> _keys = [];

    /// <summary>What is configured.</summary>
    public ConfigurationValues Configuration { get; } = configuration;

    /// <summary>The option that prints all values and ends.</summary>
    public Option<bool> Print { get; } = new("--print-config")
    {
        Description = "Print what is configured and where each value came from, and end",
    };

    /// <summary>An option with a text; null or empty = none.</summary>
    public Option<string?> Text(string key, string name, string description, params string[] aliases)
    {
        Option<string?> option = new(name, aliases)
        {
            Description = description,
            DefaultValueFactory = _ => Configuration.Text(key),
        };
        _keys.Add((option, key));
        return option;
    }

    /// <summary>An option that is on or off.</summary>
    public Option<bool> Switch(string key, string name, string description)
    {
        Option<bool> option = new(name)
        {
            Description = description,
            DefaultValueFactory = _ => Configuration.Switch(key),
        };
        _keys.Add((option, key));
        return option;
    }

    /// <summary>One line for each key that begins with <paramref name="prefix"/>: name, value, origin.</summary>
    public IEnumerable<string> Describe(ParseResult parsed, string prefix)
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal);
        foreach ((Option option, string key) in _keys)
        {
            if (parsed.GetResult(option) is not { Implicit: false } result)
                continue;
            string text = result.Tokens.Count == 0 ? "true" : string.Join(' ', result.Tokens.Select(token => token.Value));
            given[key] = $"{key} = {text}  [{option.Name}]";
        }

        foreach (string line in Configuration.Describe(prefix))
            yield return given.GetValueOrDefault(line[..line.IndexOf(' ', StringComparison.Ordinal)]) ?? line;
    }
}
