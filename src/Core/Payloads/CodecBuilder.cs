using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Serialization;

namespace TaskGraph;

/// <summary>
/// Builds the codec of one type and of all types it reaches, and publishes them together when all are complete.
/// It knows the path from the root, so that a refusal names the member at fault.
/// </summary>
internal sealed class CodecBuilder(ConcurrentDictionary<Type, PayloadCodec> published)
{
    private const int MaxSteps = 64;

    private readonly Dictionary<Type, PayloadCodec> _built = [];
    private readonly Dictionary<Type, PayloadCodec> _cases = [];
    private readonly List<string> _path = [];
    private Type _root = typeof(object);

    public PayloadCodec BuildRoot(Type type)
    {
        _root = type;
        _ = Build(type);
        foreach (var (built, codec) in _built)
            published.TryAdd(built, codec);
        return published[type];
    }

    private PayloadCodec Build(Type type)
    {
        if (published.TryGetValue(type, out var codec) || _built.TryGetValue(type, out codec))
            return codec;
        if (Refusals.Reason(type) is { } reason)
            throw Refuse(type, "", reason);
        codec = Custom(type) ?? Scalars.For(type) ?? Simple(type) ?? CollectionCodecs.For(type, Step);
        if (codec is not null)
        {
            _built.TryAdd(type, codec);
            return codec;
        }

        var known = KnownTypes(type);
        return known.Length > 0 ? BuildUnion(type, known) : BuildContract(type, _built, IsDeclaredCase(type));
    }

    private PayloadCodec Step(Type type, string step)
    {
        if (_path.Count >= MaxSteps)
            throw Refuse(type, step, $"its type nests more than {MaxSteps} types deep");
        _path.Add(step);
        var codec = Build(type);
        _path.RemoveAt(_path.Count - 1);
        return codec;
    }

    private PayloadCodec? Simple(Type type)
    {
        if (type == typeof(object))
            return new BoxedCodec();
        if (type.IsEnum)
        {
            var underlying = Enum.GetUnderlyingType(type);
            return CollectionCodecs.Create(typeof(EnumCodec<,>), [type, underlying], Scalars.For(underlying)!);
        }

        return Nullable.GetUnderlyingType(type) is { } value
            ? CollectionCodecs.Create(typeof(NullableCodec<>), [value], Step(value, ""))
            : null;
    }

    private PayloadCodec? Custom(Type type)
    {
        if (type.GetCustomAttribute<PayloadCodecAttribute>(inherit: false) is not { } attribute)
            return null;
        var codecType = attribute.CodecType.IsGenericTypeDefinition
            ? attribute.CodecType.MakeGenericType(type.GetGenericArguments())
            : attribute.CodecType;
        const BindingFlags Flags = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.CreateInstance | BindingFlags.DoNotWrapExceptions;
        var codec = Activator.CreateInstance(codecType, Flags, null, null, null) as PayloadCodec;
        return codec?.ValueType == type
            ? codec
            : throw Refuse(
                type, "", $"its [PayloadCodec] {TypeName.Of(codecType)} is no PayloadCodec<{TypeName.Of(type)}>");
    }

    private PayloadCodec BuildUnion(Type type, Type[] known)
    {
        var union = CollectionCodecs.Create(typeof(UnionCodec<>), [type], [known]);
        _built.Add(type, union);
        var cases = new PayloadCodec[known.Length];
        for (var i = 0; i < known.Length; i++)
        {
            // A case is written as itself, even if it is the root of further cases.
            if (!_cases.TryGetValue(known[i], out var codec))
                codec = Custom(known[i]) ?? BuildContract(known[i], _cases, mayBeEmpty: true);
            cases[i] = codec;
        }

        union.GetType().GetProperty(nameof(UnionCodec<object>.Cases))!.SetValue(union, cases);
        return union;
    }

    private PayloadCodec BuildContract(Type type, Dictionary<Type, PayloadCodec> built, bool mayBeEmpty)
    {
        if (type.IsAbstract || type.IsInterface)
        {
            throw Refuse(type, "", type.IsInterface
                ? "it is an interface; declare the type that implements it, or an abstract class with [KnownType]"
                : FrameworkTypes.Contain(type) ? FrameworkTypes.Reason
                : "it is abstract; declare its concrete types by [KnownType] on it");
        }

        var declared = type.IsDefined(typeof(DataContractAttribute), inherit: false);
        if (!declared && Refusals.CollectionReason(type) is { } reason)
            throw Refuse(type, "", reason);
        var contract = ContractShape.Of(type, mayBeEmpty, Refuse);
        var codec = CollectionCodecs.Create(typeof(ContractCodec<>), [type], !type.IsValueType);
        built.Add(type, codec);
        var codecs = Array.ConvertAll(contract.Members, m => Step(m.Type, "." + m.Member.Name));
        ((IContractCodec)codec).Complete(contract, codecs);
        return codec;
    }

    private static Type[] KnownTypes(Type type)
    {
        var known = new List<Type>();
        foreach (var attribute in type.GetCustomAttributes<KnownTypeAttribute>(inherit: true))
        {
            if (attribute.Type is { } derived && type.IsAssignableFrom(derived) && !known.Contains(derived))
                known.Add(derived);
        }

        if (known.Count > 0 && !type.IsAbstract && !known.Contains(type))
            known.Add(type);
        return known is [var only] && only == type ? [] : [.. known];
    }

    private static bool IsDeclaredCase(Type type)
    {
        foreach (var attribute in type.GetCustomAttributes<KnownTypeAttribute>(inherit: true))
        {
            if (attribute.Type == type)
                return true;
        }

        return false;
    }

    private NotSerializableException Refuse(Type type, string step, string reason) =>
        new(type, TypeName.Of(_root) + string.Concat(_path) + step, reason);
}
