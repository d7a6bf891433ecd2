namespace TaskGraph;

// Options for all calls within a scope.
public sealed partial class Client
{
    // Flows through awaits and into tasks that the scope's code starts; what they set does not flow back.
    private readonly AsyncLocal<SubmitOptions?> _annotation = new();

    /// <summary>
    /// Options for every call that is submitted through this client until the scope is disposed of, across awaits and
    /// whoever submits (frames, training). Inner scopes and a call's own <see cref="SubmitOptions"/> win; what is null
    /// here is left to outer scopes.
    /// </summary>
    /// <param name="priority">Larger runs first.</param>
    /// <param name="retries">How often a task is run again after it has thrown.</param>
    /// <param name="workers">Names, addresses or hosts of the workers that may run the tasks; empty = any.</param>
    /// <param name="allowOtherWorkers">Makes <paramref name="workers"/> a preference.</param>
    /// <param name="timeout">The longest that one run may take.</param>
    /// <param name="resources">What a task takes of its worker's resources.</param>
    /// <param name="speculate">Whether a run that takes far too long may get a second one beside it.</param>
    /// <param name="span">What the tasks belong to, for statistics; below the spans of outer scopes.</param>
    public IDisposable Annotate(
        int? priority = null, int? retries = null, IReadOnlyList<string>? workers = null,
        bool? allowOtherWorkers = null, TimeSpan? timeout = null,
        IReadOnlyDictionary<string, double>? resources = null, bool? speculate = null,
        string? span = null)
    {
        var options = SubmitOptions.Default;
        if (priority is { } first)
            options = options with { Priority = first };
        if (retries is { } again)
            options = options with { Retries = again };
        if (workers is not null)
            options = options with { Workers = workers };
        if (allowOtherWorkers is { } others)
            options = options with { AllowOtherWorkers = others };
        if (timeout is { } limit)
            options = options with { Timeout = limit };
        if (resources is not null)
            options = options with { Resources = resources };
        if (speculate is { } twice)
            options = options with { Speculate = twice };
        if (span is not null)
            options = options with { Span = span };
        var outer = _annotation.Value;
        _annotation.Value = outer is null ? options : options.Over(outer);
        return new AnnotationScope(_annotation, outer);
    }

    /// <summary>The options of a call made here: its own, over those of the scopes around it.</summary>
    internal SubmitOptions OptionsOf(SubmitOptions? own)
        => _annotation.Value is not { } scope ? own ?? SubmitOptions.Default
        : own is null ? scope
        : own.Over(scope);

    private sealed class AnnotationScope(AsyncLocal<SubmitOptions?> annotation, SubmitOptions? outer) : IDisposable
    {
        public void Dispose() => annotation.Value = outer;
    }
}
