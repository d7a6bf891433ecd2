using System.Reflection;

namespace TaskGraph;

/// <summary>Writes types and methods, and collects the user assemblies that they name.</summary>
internal sealed class SymbolWriter(AssemblyCatalog catalog)
{
    private readonly List<AssemblyIdentity> _assemblies = [];
    private readonly Dictionary<Hash128, int> _indexes = [];

    /// <summary>The assemblies named so far, and all that these refer to.</summary>
    public IReadOnlyList<AssemblyIdentity> Assemblies => _assemblies;

    /// <summary>Writes <paramref name="type"/>; <paramref name="path"/> is what to name in an error.</summary>
    public void WriteType(ref MessagePackWriter writer, Type type, string path)
    {
        if (type.IsPointer || type.IsByRef || type.IsFunctionPointer || type.IsGenericParameter)
        {
            throw new FunctionNotShippableException(path, $"it uses {type}, which only means something in this process",
                "Use a value of an ordinary type");
        }
        if (type.IsArray)
        {
            writer.WriteArrayHeader(type.IsSZArray ? 2 : 3);
            writer.Write(type.IsSZArray ? BodyFormat.VectorType : BodyFormat.ArrayType);
            WriteType(ref writer, type.GetElementType()!, path);
            if (!type.IsSZArray)
            {
                writer.Write(type.GetArrayRank());
            }
        }
        else if (type.IsConstructedGenericType)
        {
            writer.WriteArrayHeader(3);
            writer.Write(BodyFormat.GenericType);
            WriteType(ref writer, type.GetGenericTypeDefinition(), path);
            WriteTypes(ref writer, type.GetGenericArguments(), path);
        }
        else
        {
            WriteDefinition(ref writer, type);
        }
    }

    /// <summary>Writes <paramref name="method"/>; <paramref name="path"/> is what to name in an error.</summary>
    public void WriteMethod(ref MessagePackWriter writer, MethodInfo method, string path)
    {
        var declaring = method.DeclaringType!;
        var user = UserTypes.IsUserCode(declaring);
        writer.WriteArrayHeader(user ? 4 : 5);
        writer.Write(user ? BodyFormat.UserMethod : BodyFormat.NamedMethod);
        WriteType(ref writer, declaring, path);
        if (user)
        {
            writer.Write(method.MetadataToken);
        }
        else
        {
            writer.Write(method.Name);
            writer.Write(MethodSignature.Of(MethodSignature.DefinitionOf(method)));
        }
        WriteTypes(ref writer, method.IsGenericMethod ? method.GetGenericArguments() : [], path);
    }

    private void WriteTypes(ref MessagePackWriter writer, Type[] types, string path)
    {
        writer.WriteArrayHeader(types.Length);
        foreach (var type in types)
        {
            WriteType(ref writer, type, path);
        }
    }

    private void WriteDefinition(ref MessagePackWriter writer, Type type)
    {
        writer.WriteArrayHeader(3);
        if (UserTypes.IsUserCode(type))
        {
            writer.Write(BodyFormat.UserType);
            writer.Write(IndexOf(type.Assembly));
            writer.Write(type.MetadataToken);
        }
        else
        {
            writer.Write(BodyFormat.NamedType);
            writer.Write(type.Assembly.GetName().Name);
            writer.Write(type.FullName);
        }
    }

    private int IndexOf(Assembly assembly)
    {
        var closure = catalog.ClosureOf(assembly);
        foreach (var identity in closure)
        {
            if (_indexes.TryAdd(identity.Content, _assemblies.Count))
            {
                _assemblies.Add(identity);
            }
        }
        return _indexes[closure[0].Content];
    }
}
