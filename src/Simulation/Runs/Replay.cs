using System.Text.Json;

namespace TaskGraph.Simulation;

/// <summary>A run written down: its scenario and its choices. Played again it goes the same way, event by event.</summary>
internal sealed record Replay
{
    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = false };

    /// <summary>What went wrong when it was written.</summary>
    public string Problem { get; init; } = "";

    /// <summary>How many events it took.</summary>
    public int Events { get; init; }

    public required Scenario Scenario { get; init; }

    /// <summary>All choices; null = those of the scenario's seed.</summary>
    public int[]? Choices { get; init; }

    /// <summary>Plays it.</summary>
    public PlayResult Play() => Player.Play(
        Scenario,
        Choices is { } given ? Simulation.Choices.OfRecord(given) : Simulation.Choices.OfSeed(Scenario.Seed),
        isTraced: true);

    public string ToJson() => JsonSerializer.Serialize(this, s_options);

    /// <exception cref="JsonException">The text is none.</exception>
    public static Replay Parse(string json) =>
        JsonSerializer.Deserialize<Replay>(json, s_options) ?? throw new JsonException("there is nothing in it");
}
