using System.Collections.Concurrent;
using System.Reflection;

namespace TaskGraph;

/// <summary>What a type says about being captured; asked for each captured value of each submit, so kept.</summary>
internal sealed class CaptureTraits
{
    private static readonly ConcurrentDictionary<Type, CaptureTraits> s_known = new();

    private CaptureTraits(Type type)
    {
        Refusal = type.GetCustomAttribute<NotCapturableAttribute>(inherit: true)?.Fix;
        IsAmbient = type.IsDefined(typeof(AmbientOnWorkerAttribute), inherit: true);
        IsIterator = UserTypes.IsIterator(type);
        IsCompilerObject = IsIterator || UserTypes.IsClosure(type);
        HasDeclaredForm = CapturedPayload.HasDeclaredForm(type);
    }

    /// <summary>What to do instead of capturing it; null if it may be captured.</summary>
    public string? Refusal { get; }

    /// <summary>Whether the worker has its own.</summary>
    public bool IsAmbient { get; }

    /// <summary>Whether all its fields are needed, whatever the function's code reads.</summary>
    public bool IsIterator { get; }

    /// <summary>Whether it is a closure or an iterator, which only exist field by field.</summary>
    public bool IsCompilerObject { get; }

    /// <summary>Whether it, or a base of it, names its codec.</summary>
    public bool HasDeclaredForm { get; }

    /// <summary>The traits of <paramref name="type"/>.</summary>
    public static CaptureTraits Of(Type type) => s_known.GetOrAdd(type, static t => new CaptureTraits(t));
}
