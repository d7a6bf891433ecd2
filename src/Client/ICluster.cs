namespace TaskGraph;

/// <summary>Something that runs a scheduler to which clients can connect.</summary>
public interface ICluster
{
    /// <summary>The scheduler's address, as <c>tcp://host:port</c> or <c>inproc://name</c>.</summary>
    string Address { get; }
}
