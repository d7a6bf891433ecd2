namespace TaskGraph;

/// <summary>The bytes of one user assembly as they travel.</summary>
/// <param name="Identity">What the bytes are.</param>
/// <param name="Pe">The assembly file.</param>
/// <param name="Pdb">The portable symbols beside it, so that remote stacks name files and lines; or null.</param>
public sealed record AssemblyImage(AssemblyIdentity Identity, byte[] Pe, byte[]? Pdb);
