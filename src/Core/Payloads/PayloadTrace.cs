namespace TaskGraph;

/// <summary>
/// The way from the root of a value to where its writer is. A value is first written without one, which is fast;
/// if that fails it is written again with one, to name the member at fault.
/// </summary>
internal sealed class PayloadTrace(Type root)
{
    private readonly List<string> _steps = [];
    private readonly List<object> _objects = [];

    public Type Root => root;

    public string Path => TypeName.Of(root) + string.Concat(_steps);

    public void Push(string step) => _steps.Add(step);

    public void Pop() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>Notes an object on the path; false if it is on it already, which is a cycle.</summary>
    public bool TryEnter(object value)
    {
        foreach (var seen in _objects)
        {
            if (ReferenceEquals(seen, value))
                return false;
        }

        _objects.Add(value);
        return true;
    }

    public void Leave() => _objects.RemoveAt(_objects.Count - 1);
}
