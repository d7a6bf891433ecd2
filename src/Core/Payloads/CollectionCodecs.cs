using System.Collections.Immutable;

namespace TaskGraph;

/// <summary>Which codec serves which collection type.</summary>
internal static class CollectionCodecs
{
    private static readonly Dictionary<Type, Type> s_runs = new()
    {
        [typeof(List<>)] = typeof(ListCodec<>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayCodec<>),
        [typeof(Memory<>)] = typeof(MemoryCodec<>),
        [typeof(ReadOnlyMemory<>)] = typeof(ReadOnlyMemoryCodec<>),
    };

    private static readonly HashSet<Type> s_readOnly =
        [typeof(IEnumerable<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>)];

    private static readonly HashSet<Type> s_lists = [typeof(ICollection<>), typeof(IList<>)];

    private static readonly HashSet<Type> s_sets = [typeof(HashSet<>), typeof(ISet<>), typeof(IReadOnlySet<>)];

    private static readonly HashSet<Type> s_dictionaries =
        [typeof(Dictionary<,>), typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>)];

    /// <summary>The codec of a collection type of the closed set; null for any other type.</summary>
    /// <param name="type">The collection's type.</param>
    /// <param name="build">Gives the codec of the element type, under the path's next step.</param>
    public static PayloadCodec? For(Type type, Func<Type, string, PayloadCodec> build)
    {
        if (type.IsArray)
            return ForArray(type, build);
        if (!type.IsGenericType)
            return null;
        var definition = type.GetGenericTypeDefinition();
        var arguments = type.GetGenericArguments();
        if (s_dictionaries.Contains(definition))
        {
            return Create(typeof(DictionaryCodec<,,>), [type, .. arguments],
                build(arguments[0], "[].Key"), build(arguments[1], "[]"));
        }

        if (s_runs.TryGetValue(definition, out var codec))
            return Create(codec, arguments, Run(arguments[0], build));
        if (s_sets.Contains(definition))
            return Create(typeof(SetCodec<,>), [type, arguments[0]], Run(arguments[0], build));
        if (s_readOnly.Contains(definition) || s_lists.Contains(definition))
        {
            return Create(typeof(InterfaceCodec<,>), [type, arguments[0]],
                Run(arguments[0], build), s_lists.Contains(definition));
        }

        return null;
    }

    /// <summary>Makes a generic codec.</summary>
    public static PayloadCodec Create(Type definition, Type[] typeArguments, params object[] arguments) =>
        (PayloadCodec)Activator.CreateInstance(definition.MakeGenericType(typeArguments), arguments)!;

    private static PayloadCodec ForArray(Type type, Func<Type, string, PayloadCodec> build)
    {
        var element = type.GetElementType()!;
        var run = Run(element, build);
        return type.IsSZArray
            ? Create(typeof(ArrayCodec<>), [element], run)
            : Create(typeof(MultiDimensionalArrayCodec<,>), [type, element], run);
    }

    private static object Run(Type element, Func<Type, string, PayloadCodec> build)
    {
        // The element's codec is asked for in any case: it refuses what cannot travel.
        var codec = build(element, "[]");
        return IsBuffer(element)
            ? Activator.CreateInstance(typeof(BufferRun<>).MakeGenericType(element))!
            : Activator.CreateInstance(typeof(ItemRun<>).MakeGenericType(element), codec)!;
    }

    private static bool IsBuffer(Type element) =>
        element.IsPrimitive || element.IsEnum || element == typeof(Half) || element == typeof(Guid)
        || element == typeof(Int128) || element == typeof(UInt128);
}
