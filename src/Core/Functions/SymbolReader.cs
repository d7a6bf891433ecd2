using System.Reflection;

namespace TaskGraph;

/// <summary>Reads types and methods: user code by token in a shipped module, the framework's by text.</summary>
/// <param name="assemblies">The user assembly with an index in the function's list.</param>
internal sealed class SymbolReader(Func<int, Assembly> assemblies)
{
    private const int MaxArguments = 1024;

    /// <summary>Reads a type.</summary>
    public Type ReadType(ref MessagePackReader reader)
    {
        reader.Enter();
        var fields = reader.ReadArrayHeader();
        var kind = reader.ReadInt32();
        var type = (kind, fields) switch
        {
            (BodyFormat.NamedType, 3) => ReadNamed(ref reader),
            (BodyFormat.UserType, 3) => ReadUserType(ref reader),
            (BodyFormat.GenericType, 3) => ReadType(ref reader).MakeGenericType(ReadTypes(ref reader)),
            (BodyFormat.VectorType, 2) => ReadType(ref reader).MakeArrayType(),
            (BodyFormat.ArrayType, 3) => ReadType(ref reader).MakeArrayType(ReadRank(ref reader)),
            _ => throw new MalformedFunctionException($"it has a type of unknown kind {kind} with {fields} fields"),
        };
        reader.Leave();
        return type;
    }

    /// <summary>Reads a method.</summary>
    public MethodInfo ReadMethod(ref MessagePackReader reader)
    {
        reader.Enter();
        var fields = reader.ReadArrayHeader();
        var kind = reader.ReadInt32();
        var method = (kind, fields) switch
        {
            (BodyFormat.UserMethod, 4) => ReadUserMethod(ref reader),
            (BodyFormat.NamedMethod, 5) => ReadNamedMethod(ref reader),
            _ => throw new MalformedFunctionException($"it has a method of unknown kind {kind} with {fields} fields"),
        };
        reader.Leave();
        return method;
    }

    /// <summary>Reads the declaring type and the token of a field.</summary>
    public FieldInfo ReadField(ref MessagePackReader reader)
    {
        var declaring = ReadType(ref reader);
        var field = declaring.Module.ResolveField(reader.ReadInt32())!;
        return declaring.IsConstructedGenericType
            ? (FieldInfo)declaring.GetMemberWithSameMetadataDefinitionAs(field)
            : field;
    }

    private MethodInfo ReadUserMethod(ref MessagePackReader reader)
    {
        var declaring = ReadType(ref reader);
        if (!UserTypes.IsUserCode(declaring))
        {
            throw new MalformedFunctionException($"it names a method of {declaring} by token");
        }
        var token = reader.ReadInt32();
        if (declaring.Module.ResolveMethod(token) is not MethodInfo method)
        {
            throw new MalformedFunctionException($"token {token:x8} of {declaring.Module.Name} is not a method");
        }
        return Close(method, declaring, ReadTypes(ref reader));
    }

    private MethodInfo ReadNamedMethod(ref MessagePackReader reader)
    {
        var declaring = ReadType(ref reader);
        var name = reader.ReadString() ?? "";
        var signature = reader.ReadString() ?? "";
        var arguments = ReadTypes(ref reader);
        var definition = declaring.IsConstructedGenericType ? declaring.GetGenericTypeDefinition() : declaring;
        var method = MethodSignature.Find(definition, name, signature, arguments.Length)
            ?? throw new MalformedFunctionException(
                $"this worker's runtime has no method {declaring}.{name}{signature}");
        return Close(method, declaring, arguments);
    }

    private static MethodInfo Close(MethodInfo method, Type declaring, Type[] arguments)
    {
        var closed = declaring.IsConstructedGenericType
            ? (MethodInfo)declaring.GetMemberWithSameMetadataDefinitionAs(method)
            : method;
        return arguments.Length == 0 ? closed : closed.MakeGenericMethod(arguments);
    }

    private Type ReadUserType(ref MessagePackReader reader)
    {
        var assembly = assemblies(reader.ReadInt32());
        return assembly.ManifestModule.ResolveType(reader.ReadInt32());
    }

    private static Type ReadNamed(ref MessagePackReader reader)
    {
        var assemblyName = reader.ReadString() ?? "";
        var name = reader.ReadString() ?? "";
        var assembly = SharedFramework.Resolve(assemblyName)
            ?? throw new MalformedFunctionException($"it names {name} of {assemblyName}, which is not an assembly of "
                + "the shared framework on this worker; install the framework that the program uses");
        return assembly.GetType(name, throwOnError: false)
            ?? throw new MalformedFunctionException($"this worker's {assemblyName} has no type {name}");
    }

    private Type[] ReadTypes(ref MessagePackReader reader)
    {
        var count = reader.ReadArrayHeader();
        if (count > MaxArguments)
        {
            throw new MalformedFunctionException($"it has {count} generic arguments");
        }
        var types = new Type[count];
        for (var i = 0; i < count; i++)
        {
            types[i] = ReadType(ref reader);
        }
        return types;
    }

    private static int ReadRank(ref MessagePackReader reader)
    {
        var rank = reader.ReadInt32();
        return rank is > 0 and <= 32 ? rank : throw new MalformedFunctionException($"it has an array of rank {rank}");
    }
}
