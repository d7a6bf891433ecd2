namespace TaskGraph;

/// <summary>How a captured value travels.</summary>
internal enum CaptureKind
{
    /// <summary>By the payload codec of its type.</summary>
    Payload,

    /// <summary>As a function of its own.</summary>
    Delegate,

    /// <summary>Field by field: closures, <c>this</c>, iterators.</summary>
    Object,

    /// <summary>Not at all: the worker has its own.</summary>
    Ambient,
}
