namespace TaskGraph.Worker.Nanny;

/// <summary>The last lines of a child's standard error: what it said before it died.</summary>
internal sealed class LastLines
{
    private const int Capacity = 64;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();

    /// <summary>Adds a line and forgets the oldest beyond 64.</summary>
    public void Add(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Capacity)
                _lines.Dequeue();
        }
    }

    /// <summary>The lines, oldest first.</summary>
    public string[] ToArray()
    {
        lock (_gate)
            return [.. _lines];
    }
}
