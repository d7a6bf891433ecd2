using System.Collections.Concurrent;
using System.Reflection;

namespace TaskGraph;

/// <summary>Decides, before anything is written, which captured fields of a delegate travel, and how.</summary>
internal sealed class CapturePlan
{
    // Most lambdas capture plain values only: what their code reads is then a property of the method alone.
    private static readonly ConcurrentDictionary<MethodInfo, CodeScan> s_scans = new();

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private CodeScan _scan;
    private bool _grew;
    private int _depth;
    private bool _shared = true;

    private CapturePlan(CodeScan scan) => _scan = scan;

    /// <summary>The mutable static fields that the code reads or writes.</summary>
    public IEnumerable<FieldInfo> MutableStatics => _scan.MutableStatics;

    /// <summary>The plan for <paramref name="function"/>.</summary>
    /// <exception cref="FunctionNotShippableException">It, or a delegate it captures, cannot travel.</exception>
    public static CapturePlan For(Delegate function)
    {
        ShippableDelegate.Require(function, FunctionName.Of(function.Method));
        var plan = new CapturePlan(s_scans.GetOrAdd(function.Method, static m => new CodeScan(m)));
        plan.Explore(function);
        if (plan._grew)
        {
            plan._scan = new CodeScan(function.Method);
            plan._shared = false;
            int size;
            do
            {
                size = plan._scan.Size;
                plan._seen.Clear();
                plan.Explore(function);
            }
            while (plan._scan.Size != size);
        }
        return plan;
    }

    /// <summary>
    /// The fields of an object that travel: all of an iterator's, and those that the code reads of others.
    /// </summary>
    public IEnumerable<FieldInfo> FieldsOf(Type type, string path)
    {
        var all = CaptureTraits.Of(type).IsIterator;
        foreach (var field in CapturedFields.Of(type, path))
        {
            if (!CapturedFields.IsDelegateCache(field) && (all || _scan.Reads(field)))
            {
                yield return field;
            }
        }
    }

    /// <summary>How a captured value travels.</summary>
    /// <exception cref="FunctionNotShippableException">The type says that it must not be captured.</exception>
    public static CaptureKind KindOf(FieldInfo? field, object value, string path)
    {
        var traits = CaptureTraits.Of(value.GetType());
        if (traits.Refusal is { } fix)
        {
            throw Forbidden(path, value.GetType(), fix);
        }
        if (traits.IsAmbient)
        {
            return CaptureKind.Ambient;
        }
        if (value is Delegate)
        {
            return CaptureKind.Delegate;
        }
        var isThis = field is not null && CapturedFields.IsThis(field) && !traits.HasDeclaredForm;
        return isThis || traits.IsCompilerObject ? CaptureKind.Object : CaptureKind.Payload;
    }

    /// <summary>How the target of a delegate travels: an instance of a user's class field by field.</summary>
    public static CaptureKind KindOfTarget(MethodInfo method, object target, string path)
    {
        var kind = KindOf(null, target, path);
        if (kind == CaptureKind.Ambient)
        {
            throw new FunctionNotShippableException(path,
                $"it is a method of {target.GetType().Name}, of which a worker has its own only inside of a task",
                "Call the method in a lambda");
        }
        var type = target.GetType();
        return kind == CaptureKind.Payload && !method.IsStatic && UserTypes.IsUserCode(type)
            && !CaptureTraits.Of(type).HasDeclaredForm
            ? CaptureKind.Object
            : kind;
    }

    /// <summary>The error for a type that says that it must not be captured.</summary>
    public static FunctionNotShippableException Forbidden(string path, Type type, string fix)
    {
        return new FunctionNotShippableException(path, $"{TypeName.Of(type)} must not be captured",
            char.ToUpperInvariant(fix[0]) + fix[1..]);
    }

    private void Explore(Delegate function) => ExploreDelegate(function, CapturedFields.RootPathOf(function));

    private void ExploreDelegate(Delegate function, string path)
    {
        if (!_seen.Add(function))
        {
            return;
        }
        Enter(path);
        ShippableDelegate.Require(function, path);
        Learn(scan => scan.AddMethod(function.Method));
        if (function.Target is { } target
            && KindOfTarget(function.Method, target, path) is CaptureKind.Object)
        {
            ExploreObject(target, path);
        }
        _depth--;
    }

    private void ExploreObject(object value, string path)
    {
        if (!_seen.Add(value))
        {
            return;
        }
        Enter(path);
        var type = value.GetType();
        if (!_scan.Knows(type))
        {
            Learn(scan => scan.AddObject(type));
        }
        foreach (var field in FieldsOf(type, path))
        {
            if (field.GetValue(value) is not { } captured)
            {
                continue;
            }
            var inner = CapturedFields.PathOf(path, field);
            switch (KindOf(field, captured, inner))
            {
                case CaptureKind.Delegate:
                    ExploreDelegate((Delegate)captured, inner);
                    break;
                case CaptureKind.Object:
                    ExploreObject(captured, inner);
                    break;
                default:
                    break;
            }
        }
        _depth--;
    }

    private void Enter(string path)
    {
        if (++_depth > BodyFormat.MaxDepth)
        {
            throw new FunctionNotShippableException(path,
                $"closures are nested in it more than {BodyFormat.MaxDepth} deep", "Pass the data as arguments");
        }
    }

    private void Learn(Action<CodeScan> add)
    {
        if (_shared)
        {
            _grew |= _seen.Count > 1;
            return;
        }
        add(_scan);
    }
}
