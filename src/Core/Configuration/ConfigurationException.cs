namespace TaskGraph.Configuration;

/// <summary>A configuration key is unknown, a value makes no sense, or a file cannot be read; says where and what.</summary>
public sealed class ConfigurationException : TaskGraphException
{
    internal ConfigurationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
