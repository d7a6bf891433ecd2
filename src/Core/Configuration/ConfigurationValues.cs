using System.Globalization;

namespace TaskGraph.Configuration;

/// <summary>What is configured, checked, and where each value came from. Immutable.</summary>
public sealed class ConfigurationValues
{
    /// <summary>The origin of a value that nobody has set.</summary>
    public const string DefaultOrigin = "default";

    private const string VariablePrefix = "TASKGRAPH__";

    private readonly Dictionary<string, (string Text, string Origin)> _values = new(StringComparer.Ordinal);

    private ConfigurationValues()
    {
    }

    /// <summary>Nothing but the defaults.</summary>
    public static ConfigurationValues Defaults { get; } = new();

    /// <summary>Reads the usual places.</summary>
    /// <exception cref="ConfigurationException">A key is unknown or a value makes no sense; names where it stands.</exception>
    public static ConfigurationValues Load() => Load(ConfigurationSources.OfThisProcess());

    /// <summary>Reads <paramref name="sources"/>; later ones win.</summary>
    /// <exception cref="ConfigurationException">A key is unknown or a value makes no sense; names where it stands.</exception>
    public static ConfigurationValues Load(ConfigurationSources sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var values = new ConfigurationValues();
        values.ReadFolder(sources.MachineFolder);
        values.ReadFolder(sources.UserFolder);
        if (sources.File is { } file)
            values.ReadFile(file);
        if (sources.Variables.GetValueOrDefault(ConfigurationSources.SchedulerVariable) is { Length: > 0 } address)
            values.Set("scheduler-address", address, ConfigurationSources.SchedulerVariable);
        foreach (var name in sources.Variables.Keys)
        {
            if (name.StartsWith(VariablePrefix, StringComparison.Ordinal))
                values.Set(KeyOf(name), sources.Variables[name], name);
        }

        return values;
    }

    /// <summary>A copy in which code has set some keys.</summary>
    /// <exception cref="ConfigurationException">A key is unknown or a value makes no sense.</exception>
    public ConfigurationValues With(IReadOnlyDictionary<string, string> overrides)
    {
        ArgumentNullException.ThrowIfNull(overrides);
        var copy = new ConfigurationValues();
        foreach (var (name, value) in _values)
            copy._values[name] = value;
        foreach (var (name, text) in overrides)
            copy.Set(name, text, "code");
        return copy;
    }

    /// <summary>The value of a key as text; empty = none.</summary>
    public string this[string key] => _values.TryGetValue(key, out var value) ? value.Text : KeyNamed(key).Default;

    /// <summary>Where the value of a key came from: a file, a variable, "code", or "default".</summary>
    public string OriginOf(string key) => _values.TryGetValue(key, out var value) ? value.Origin : DefaultOrigin;

    /// <summary>The text of a key, null if it is empty.</summary>
    public string? Text(string key) => this[key] is { Length: > 0 } text ? text : null;

    /// <summary>The value of a key of kind <see cref="ValueKind.Switch"/>.</summary>
    public bool Switch(string key) => this[key] is { Length: > 0 } text && bool.Parse(text);

    /// <summary>The value of a key of kind <see cref="ValueKind.Count"/>, null if it is empty.</summary>
    public int? Count(string key) =>
        this[key] is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The value of a key of kind <see cref="ValueKind.Size"/> in bytes, null if it is empty.</summary>
    public long? Size(string key) => this[key] is { Length: > 0 } text ? ByteSize.Parse(text).Bytes : null;

    /// <summary>The value of a key of kind <see cref="ValueKind.Duration"/>, null if it is empty.</summary>
    public TimeSpan? Duration(string key) =>
        DurationText.TryParse(this[key], out var duration) ? duration : null;

    /// <summary>The value of a key of kind <see cref="ValueKind.Share"/>, null if it is empty.</summary>
    public double? Share(string key) =>
        this[key] is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The pairs of a text such as "A=1 B=2"; none if it is empty.</summary>
    /// <exception cref="ConfigurationException">A part of it is no pair.</exception>
    public IReadOnlyDictionary<string, string> Pairs(string key)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in this[key].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var sign = pair.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0)
                throw Refusal(key, pair, "NAME=value");
            pairs[pair[..sign]] = pair[(sign + 1)..];
        }

        return pairs;
    }

    /// <summary>What to throw about a part of a key's value, naming where it stands.</summary>
    public ConfigurationException Refusal(string key, string part, string expected) =>
        new($"{OriginOf(key)}: {key} has '{part}'; {expected} is needed.");

    /// <summary>One line for each key: name, value, and where it came from.</summary>
    /// <param name="prefix">Only keys that begin so.</param>
    public IEnumerable<string> Describe(string prefix = "") => ConfigurationKeys.All
        .Where(key => key.Name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(key => $"{key.Name} = {(this[key.Name] is { Length: > 0 } text ? text : "(none)")}  [{OriginOf(key.Name)}]");

    private static string KeyOf(string variable) => variable[VariablePrefix.Length..]
        .Replace("__", ".", StringComparison.Ordinal).Replace('_', '-').ToLowerInvariant();

    private static ConfigurationKey KeyNamed(string name) =>
        ConfigurationKeys.Find(name) ?? throw new ArgumentException($"There is no configuration key {name}.", nameof(name));

    private void ReadFolder(string? folder)
    {
        if (folder is null || !Directory.Exists(folder))
            return;
        foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
            ReadFile(file);
    }

    private void ReadFile(string path) => ConfigurationFile.Read(path, (name, text) => Set(name, text, path));

    private void Set(string name, string text, string origin)
    {
        var key = ConfigurationKeys.Find(name) ?? throw new ConfigurationException(
            $"{origin}: there is no key {name}; did you mean {ConfigurationKeys.Nearest(name)}?");
        if (ValueKinds.Problem(key.Kind, text) is { } expected)
            throw new ConfigurationException($"{origin}: {name} is '{text}'; {expected} is needed.");
        _values[name] = (text, origin);
    }
}
