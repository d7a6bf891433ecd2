namespace TaskGraph.Messages;

/// <summary>
/// A function that tasks will name by <see cref="Id"/>. Sent once per connection before its first use, from client to
/// scheduler and from scheduler to each worker that is to run it.
/// </summary>
public sealed class DefineFunction : Message
{
    public override MessageKind Kind => MessageKind.DefineFunction;

    /// <summary>Hash of <see cref="Body"/>.</summary>
    public Hash128 Id { get; set; }

    /// <summary>Short name for keys, logs and statistics.</summary>
    public string Name { get; set; } = "";

    /// <summary>Method, bound target and captures, as the function encoder writes them.</summary>
    public byte[] Body { get; set; } = [];

    /// <summary>Content hashes of the assemblies that the function needs.</summary>
    public MessageColumn<Hash128> Assemblies { get; } = new();

    protected internal override void Fields(ref MessageFields fields)
    {
        Id = fields.Value(Id);
        Name = fields.Value(Name);
        Body = fields.Value(Body);
        fields.FreeColumn(Assemblies);
    }
}

/// <summary>The receiver of a <see cref="DefineFunction"/> lacks these assemblies.</summary>
public sealed class NeedAssemblies : Message
{
    public override MessageKind Kind => MessageKind.NeedAssemblies;

    public MessageColumn<Hash128> Contents { get; } = new();

    protected internal override void Fields(ref MessageFields fields) =>
        fields.FreeColumn(Contents);
}

/// <summary>A piece of an assembly: the PE image followed by its PDB.</summary>
public sealed class AssemblyBytes : Message
{
    public override MessageKind Kind => MessageKind.AssemblyBytes;

    /// <summary>Hash of the PE image: the assembly's identity.</summary>
    public Hash128 Content { get; set; }

    public string Name { get; set; } = "";

    public int PeLength { get; set; }

    public int PdbLength { get; set; }

    /// <summary>Where <see cref="Chunk"/> starts in PE and PDB put together; chunks come in order.</summary>
    public int Offset { get; set; }

    /// <summary>
    /// At most <see cref="Protocol.MaxChunkBytes"/>. An empty first chunk with a PeLength of 0 = the sender has not got
    /// it either.
    /// </summary>
    public byte[] Chunk { get; set; } = [];

    protected internal override void Fields(ref MessageFields fields)
    {
        Content = fields.Value(Content);
        Name = fields.Value(Name);
        PeLength = fields.Value(PeLength);
        PdbLength = fields.Value(PdbLength);
        Offset = fields.Value(Offset);
        Chunk = fields.Value(Chunk);
    }
}
