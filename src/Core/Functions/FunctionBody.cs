namespace TaskGraph;

/// <summary>The head of a function body: enough to know what must be fetched before it can be loaded.</summary>
/// <param name="Name">The function's short name.</param>
/// <param name="Assemblies">The user assemblies that it names and all that these refer to.</param>
internal sealed record FunctionBody(string Name, AssemblyIdentity[] Assemblies)
{
    private const int SmallestIdentityBytes = 30;

    /// <summary>Reads the head and leaves the reader at the delegate type.</summary>
    /// <exception cref="MalformedFunctionException">The bytes are not a function body of this version.</exception>
    public static FunctionBody ReadHead(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader(BodyFormat.HeaderFields);
        var version = reader.ReadInt32();
        if (version != BodyFormat.Version)
        {
            throw new MalformedFunctionException(
                $"its format is version {version} and this worker reads {BodyFormat.Version}; use equal releases");
        }
        var name = reader.ReadString() ?? "";
        var count = reader.ReadArrayHeader();
        if (count > reader.Remaining / SmallestIdentityBytes)
        {
            throw new MalformedFunctionException($"it claims {count} assemblies in {reader.Remaining} bytes");
        }
        var assemblies = new AssemblyIdentity[count];
        for (var i = 0; i < count; i++)
        {
            assemblies[i] = AssemblyIdentityCodec.Read(ref reader);
        }
        return new FunctionBody(name, assemblies);
    }
}
