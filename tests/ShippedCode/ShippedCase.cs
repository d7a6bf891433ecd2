namespace ShippedCode;

/// <summary>A function, its arguments, and what it must give.</summary>
public sealed record ShippedCase(string Name, Delegate Function, string Expected, params object?[] Arguments);
