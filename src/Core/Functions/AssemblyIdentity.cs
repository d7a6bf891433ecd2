namespace TaskGraph;

/// <summary>One user assembly that a function needs.</summary>
/// <param name="Content">The hash of the assembly's file: what it is asked for by, sent by and cached by.</param>
/// <param name="Name">The simple name.</param>
/// <param name="Mvid">The module version id that metadata tokens hold for.</param>
public sealed record AssemblyIdentity(Hash128 Content, string Name, Guid Mvid);
