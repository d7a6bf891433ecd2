namespace TaskGraph;

/// <summary>
/// Marks a type whose instances must not be captured by a shipped function, and says what to do instead.
/// </summary>
/// <param name="fix">What to do instead, as an imperative: <c>pass it as an argument</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
public sealed class NotCapturableAttribute(string fix) : Attribute
{
    /// <summary>What to do instead.</summary>
    public string Fix { get; } = fix;
}
