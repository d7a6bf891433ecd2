namespace TaskGraph;

/// <summary>
/// How a task is to be named, placed and run. For a <c>Map</c> they hold for every task of it. What is not set here is
/// taken from the <see cref="Client.Annotate"/> scopes around the call.
/// </summary>
public sealed record SubmitOptions
{
    private const int MaxSpanLength = 512;

    // Null = not set: told apart from a value that equals the default, so that the call can overrule a scope.
    private int? _retries;
    private IReadOnlyList<string>? _workers;
    private bool? _allowOtherWorkers;
    private bool? _speculate;
    private int? _priority;
    private TimeSpan? _timeout;
    private bool _setsTimeout;
    private IReadOnlyDictionary<string, double>? _resources;
    private string? _span;

    /// <summary>
    /// The task's name. Null = function name and hash of the arguments. A <c>Map</c> appends <c>-index</c>.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>
    /// Whether equal calls may share one run and one result (true). Say false for functions that read clocks, files or
    /// random numbers.
    /// </summary>
    public bool Pure { get; init; } = true;

    /// <summary>How often the task is run again after it has thrown.</summary>
    public int Retries
    {
        get => _retries ?? 0;
        init => _retries = value;
    }

    /// <summary>Names, addresses or hosts of the workers that may run the task; null or empty = any.</summary>
    public IReadOnlyList<string>? Workers
    {
        get => _workers;
        init => _workers = value ?? [];
    }

    /// <summary>Makes <see cref="Workers"/> a preference: others may run the task if none of these can.</summary>
    public bool AllowOtherWorkers
    {
        get => _allowOtherWorkers ?? false;
        init => _allowOtherWorkers = value;
    }

    /// <summary>Larger runs first.</summary>
    public int Priority
    {
        get => _priority ?? 0;
        init => _priority = value;
    }

    /// <summary>The longest that one run may take; null = no limit. A run that exceeds it counts as failed.</summary>
    public TimeSpan? Timeout
    {
        get => _timeout;
        init
        {
            _timeout = value;
            _setsTimeout = true;
        }
    }

    /// <summary>
    /// Whether a run that takes more than three times as long as the function's last runs did (their median) may get a
    /// second one beside it, on a worker with an idle thread: the first result counts, the other run is cancelled. Only
    /// for functions that may run twice: it has no effect where <see cref="Pure"/> is false, or on tasks that take
    /// <see cref="Resources"/>.
    /// </summary>
    public bool Speculate
    {
        get => _speculate ?? false;
        init => _speculate = value;
    }

    /// <summary>
    /// What the task takes of a worker's resources (<c>--resources "GPU=2 MEM=10e9"</c>) from its dispatch to its end:
    /// it goes only to a worker that has so much free, and waits in the scheduler while none has. Null or empty =
    /// nothing.
    /// </summary>
    public IReadOnlyDictionary<string, double>? Resources
    {
        get => _resources;
        init => _resources = value ?? new Dictionary<string, double>();
    }

    /// <summary>
    /// What the task belongs to, for statistics (<see cref="Client.TaskGroupsAsync"/>): a name such as <c>load</c>. Within
    /// a scope that has a span it becomes <c>outer/load</c>. At most 512 characters in all.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty or too long.</exception>
    public string? Span
    {
        get => _span;
        init => _span = Checked(value);
    }

    /// <summary>The result is an actor.</summary>
    internal bool IsActor { get; init; }

    internal static SubmitOptions Default { get; } = new();

    internal int TimeoutMs => Timeout is { } limit ? (int)Math.Clamp(limit.TotalMilliseconds, 1, int.MaxValue) : 0;

    /// <summary>These options, with what they leave open taken from <paramref name="scope"/>.</summary>
    internal SubmitOptions Over(SubmitOptions scope) => this with
    {
        _retries = _retries ?? scope._retries,
        _workers = _workers ?? scope._workers,
        _allowOtherWorkers = _allowOtherWorkers ?? (_workers is null ? scope._allowOtherWorkers : null),
        _priority = _priority ?? scope._priority,
        _speculate = _speculate ?? scope._speculate,
        _resources = _resources ?? scope._resources,
        _timeout = _setsTimeout ? _timeout : scope._timeout,
        _setsTimeout = _setsTimeout || scope._setsTimeout,
        _span = _span is null ? scope._span
            : scope._span is null ? _span
            : Checked($"{scope._span}/{_span}"),
    };

    private static string? Checked(string? span) => span is null or { Length: > 0 and <= MaxSpanLength }
        ? span
        : throw new ArgumentException($"A span's name has 1 to {MaxSpanLength} characters, not {span.Length}.");
}
