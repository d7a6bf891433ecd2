using System.Reflection;

namespace TaskGraph;

/// <summary>
/// Which fields the code of a function can read: its own IL and that of all user code it calls. Flow-insensitive, so
/// it names too many fields rather than too few. Where an object leaves for code that is not scanned (a framework
/// method that takes it), all its virtual methods count as called.
/// </summary>
internal sealed class CodeScan
{
    private readonly HashSet<MemberKey> _reads = [];
    private readonly Dictionary<MemberKey, FieldInfo> _statics = [];
    private readonly HashSet<MemberKey> _visited = [];
    private readonly HashSet<Type> _objects = [];
    private readonly HashSet<Type> _constructed = [];
    private readonly HashSet<MemberKey> _virtualSeen = [];
    private readonly List<MethodBase> _virtualCalls = [];
    private readonly List<Type> _handedOut = [];
    private readonly Queue<MethodBase> _pending = new();
    private readonly Assembly _root;

    /// <summary>Scans from <paramref name="method"/>.</summary>
    public CodeScan(MethodBase method)
    {
        _root = method.Module.Assembly;
        AddMethod(method);
    }

    /// <summary>Grows with every object or method added: unchanged means that a fixed point is reached.</summary>
    public int Size => _reads.Count + _visited.Count + _objects.Count;

    /// <summary>Whether adding <paramref name="type"/> can change anything: closures have no virtual methods.</summary>
    public bool Knows(Type type) => UserTypes.IsClosure(type) || _objects.Contains(type);

    /// <summary>The mutable static fields of user types that the code reads or writes.</summary>
    public IEnumerable<FieldInfo> MutableStatics => _statics.Values;

    /// <summary>Whether the code can read the field; so it is assumed where a base class's code is not scanned.</summary>
    public bool Reads(FieldInfo field)
    {
        return _reads.Contains(MemberKey.Of(field)) || !IsScanned(field.Module.Assembly);
    }

    /// <summary>Adds another method that the function can call: a captured delegate's.</summary>
    public void AddMethod(MethodBase method)
    {
        Visit(method);
        Drain();
    }

    /// <summary>Adds the type of an object that travels field by field.</summary>
    public void AddObject(Type type)
    {
        if (!_objects.Add(type) || UserTypes.IsClosure(type))
        {
            return;
        }
        if (_handedOut.Exists(parameter => UserTypes.CanPassAs(type, parameter)))
        {
            VisitAll(UserTypes.VirtualMethods(type));
        }
        foreach (var called in _virtualCalls.ToArray())
        {
            Dispatch(called, type);
        }
        Drain();
    }

    private void Drain()
    {
        while (_pending.TryDequeue(out var method))
        {
            var summary = MethodSummary.Of(method);
            foreach (var field in summary.Reads)
            {
                _reads.Add(MemberKey.Of(field));
            }
            foreach (var field in summary.Statics)
            {
                if (IsMutableUserState(field))
                {
                    _statics.TryAdd(MemberKey.Of(field), field);
                }
            }
            foreach (var called in summary.Calls)
            {
                Call(called);
            }
        }
    }

    private void Call(MethodBase called)
    {
        if (called.DeclaringType is not { } type)
        {
            return;
        }
        if (called.IsVirtual && _virtualSeen.Add(MemberKey.Of(called)))
        {
            _virtualCalls.Add(called);
            foreach (var known in _objects)
            {
                Dispatch(called, known);
            }
        }
        if (!IsScanned(called))
        {
            HandOut(called);
            return;
        }
        if (called.IsConstructor && _constructed.Add(type))
        {
            // An object made here may be called through interfaces that nothing here names.
            VisitAll(UserTypes.VirtualMethods(type));
        }
        Visit(called);
    }

    /// <summary>Objects that are passed to unscanned code can be called back by their virtual methods.</summary>
    private void HandOut(MethodBase called)
    {
        foreach (var parameter in called.GetParameters())
        {
            var type = parameter.ParameterType;
            if (type.IsValueType || type.IsByRef || _handedOut.Contains(type))
            {
                continue;
            }
            _handedOut.Add(type);
            foreach (var known in _objects)
            {
                if (!UserTypes.IsClosure(known) && UserTypes.CanPassAs(known, type))
                {
                    VisitAll(UserTypes.VirtualMethods(known));
                }
            }
        }
    }

    private void Dispatch(MethodBase called, Type type)
    {
        if (UserTypes.IsClosure(type) || called.DeclaringType is not { } declaring
            || !UserTypes.CanPassAs(type, declaring))
        {
            return;
        }
        foreach (var candidate in UserTypes.VirtualMethods(type))
        {
            // An explicit implementation is named by its interface: IShape.Area.
            if (candidate.Name == called.Name
                || candidate.Name.EndsWith("." + called.Name, StringComparison.Ordinal))
            {
                Visit(candidate);
            }
        }
    }

    private void VisitAll(IEnumerable<MethodBase> methods)
    {
        foreach (var method in methods)
        {
            Visit(method);
        }
    }

    private void Visit(MethodBase method)
    {
        if (IsScanned(method) && _visited.Add(MemberKey.Of(method)))
        {
            _pending.Enqueue(method);
        }
    }

    private bool IsScanned(MethodBase method) => IsScanned(method.Module.Assembly);

    // TaskGraph's own assemblies are opaque to user code: large, and their statics are no concern of the user's.
    private bool IsScanned(Assembly assembly)
    {
        return !SharedFramework.Owns(assembly)
            && (assembly == _root || !SharedFramework.IsTaskGraph(assembly.GetName().Name));
    }

    private static bool IsMutableUserState(FieldInfo field)
    {
        return !field.IsInitOnly && !field.IsLiteral && field.DeclaringType is { } type
            && UserTypes.IsUserCode(type) && !UserTypes.IsCompilerGenerated(type)
            && !SharedFramework.IsTaskGraph(type.Assembly.GetName().Name)
            && !field.Name.StartsWith("<>", StringComparison.Ordinal);
    }
}
