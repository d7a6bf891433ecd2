using System.Collections;
using System.Reflection;
using System.Runtime.InteropServices;

namespace TaskGraph;

/// <summary>Types that can never travel, each with what to send instead.</summary>
internal static class Refusals
{
    /// <summary>Why values of the type cannot be sent; null if nothing about the type itself forbids it.</summary>
    public static string? Reason(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer || type == typeof(IntPtr) || type == typeof(UIntPtr))
            return "an address means nothing in another process; send the data it points to";
        if (type.IsByRefLike || type.IsByRef || type == typeof(void))
            return "it lives on the stack; send an array or Memory instead";
        if (type.GetCustomAttribute<NotCapturableAttribute>(inherit: true) is { } mark
            && !type.IsDefined(typeof(PayloadCodecAttribute), inherit: false))
            return $"it is no value; {mark.Fix}";
        if (type.IsDefined(typeof(AmbientOnWorkerAttribute), inherit: true))
            return "every process has its own; take it from its static property there";
        if (type.IsAssignableTo(typeof(Delegate)))
            return "a delegate inside a value does not travel; submit the function itself, and send its arguments";
        if (IsAny(type, typeof(Stream), typeof(TextReader), typeof(TextWriter)))
            return "a stream belongs to this process; send its bytes, or the path for the task to open";
        if (type == typeof(CancellationToken) || type == typeof(CancellationTokenSource))
            return "a token inside a value does not travel; take a CancellationToken as the task's own parameter";
        if (type.IsAssignableTo(typeof(Task)) || type == typeof(ValueTask) || IsGeneric(type, typeof(ValueTask<>)))
            return "a running operation does not travel; await it and send its result";
        if (type.IsAssignableTo(typeof(Exception)))
            return "exceptions are no payloads; throw it, or send its message";
        if (IsAny(type, typeof(MemberInfo), typeof(Assembly), typeof(Module)))
            return "code is not data; send a name";
        if (IsAny(type, typeof(SafeHandle), typeof(WaitHandle), typeof(Thread)))
            return "a handle of the operating system belongs to this process";
        return type.ContainsGenericParameters ? "it is an open generic type" : null;
    }

    /// <summary>
    /// Why a collection outside the closed set is refused: its public properties are not its elements.
    /// </summary>
    public static string? CollectionReason(Type type) => type.IsAssignableTo(typeof(IEnumerable))
        ? "it is a collection that TaskGraph does not know; send an array, List, HashSet or Dictionary, "
            + "or give it a [PayloadCodec]"
        : null;

    private static bool IsAny(Type type, params ReadOnlySpan<Type> bases)
    {
        foreach (var candidate in bases)
        {
            if (type.IsAssignableTo(candidate))
                return true;
        }

        return false;
    }

    private static bool IsGeneric(Type type, Type definition) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == definition;
}
