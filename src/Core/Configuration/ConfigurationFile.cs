using System.Text.Json;

namespace TaskGraph.Configuration;

/// <summary>A JSON file of configuration: objects in objects, or dotted names; comments are allowed.</summary>
internal static class ConfigurationFile
{
    private static readonly JsonDocumentOptions s_options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Hands every name and value of the file to <paramref name="take"/>.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or is no such file.</exception>
    public static void Read(string path, Action<string, string> take)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), s_options);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new ConfigurationException($"{path}: a JSON object is needed, not {json.RootElement.ValueKind}.");
            Walk(path, "", json.RootElement, take);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: {e.Message}", e);
        }
    }

    private static void Walk(string path, string prefix, JsonElement element, Action<string, string> take)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = prefix + property.Name;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Walk(path, name + ".", property.Value, take);
                    break;
                case JsonValueKind.Array:
                    throw new ConfigurationException($"{path}: {name} is a list; one value is needed.");
                case JsonValueKind.Null:
                    take(name, "");
                    break;
                default:
                    take(name, property.Value.ToString());
                    break;
            }
        }
    }
}
