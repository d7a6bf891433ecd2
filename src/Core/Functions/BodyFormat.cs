namespace TaskGraph;

/// <summary>
/// The layout of a function body, MessagePack throughout:
/// <c>[version, name, [[content, name, mvid]…], delegate type, method, target]</c>.
/// Types and methods of user code are (assembly index, metadata token); those of the framework are text.
/// </summary>
internal static class BodyFormat
{
    public const int Version = 1;
    public const int HeaderFields = 6;
    public const int MaxDepth = 48;

    // Types: [kind, …].
    public const int NamedType = 0;      // assembly name, full name
    public const int UserType = 1;       // assembly index, token
    public const int GenericType = 2;    // definition, [arguments]
    public const int VectorType = 3;     // element
    public const int ArrayType = 4;      // element, rank

    // Methods: [kind, …].
    public const int NamedMethod = 0;    // declaring type, name, signature, [generic arguments]
    public const int UserMethod = 1;     // declaring type, token, [generic arguments]

    // Values: nil or [kind, …]; delegates and objects are numbered in the order in which they begin.
    public const int Reference = 0;      // number
    public const int DelegateValue = 1;  // delegate type, method, target
    public const int ObjectValue = 2;    // type, [declaring type, token, value, …]
    public const int PayloadValue = 3;   // binary, by the static type of the place it is in
    public const int TypedValue = 4;     // type, binary
    public const int AmbientValue = 5;   // type, name of its static property
}
