namespace TaskGraph;

/// <summary>
/// Marks a type whose captured instances are not shipped: on the worker the field is filled from a static property
/// of the type, read when the function is first called there.
/// </summary>
/// <param name="property">The name of the static property, such as <c>nameof(Client.Current)</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AmbientOnWorkerAttribute(string property) : Attribute
{
    /// <summary>The name of the static property.</summary>
    public string Property { get; } = property;
}
