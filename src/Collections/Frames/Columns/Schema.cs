using System.Collections;

namespace TaskGraph.Collections;

/// <summary>A column's name and type.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">What it holds.</param>
public readonly record struct Field(string Name, DataType Type)
{
    /// <summary>For example <c>dep_delay: int64</c>.</summary>
    public override string ToString() => $"{Name}: {DataTypes.Name(Type)}";
}

/// <summary>The names and types of a table's columns, in order. Names are unique and case-sensitive.</summary>
public sealed class Schema : IReadOnlyList<Field>, IEquatable<Schema>
{
    private readonly Field[] _fields;
    private readonly Dictionary<string, int> _index;

    /// <summary>A schema of the given fields.</summary>
    /// <exception cref="SchemaException">Two fields share a name.</exception>
    public Schema(IEnumerable<Field> fields)
    {
        _fields = [.. fields];
        _index = new Dictionary<string, int>(_fields.Length, StringComparer.Ordinal);
        for (int i = 0; i < _fields.Length; i++)
        {
            if (!_index.TryAdd(_fields[i].Name, i))
                throw new SchemaException($"Two columns are named '{_fields[i].Name}'; rename one of them.");
        }
    }

    /// <summary>How many columns there are.</summary>
    public int Count => _fields.Length;

    /// <summary>The column names in order.</summary>
    public IReadOnlyList<string> Names => Array.ConvertAll(_fields, static f => f.Name);

    /// <summary>Field <paramref name="index"/>.</summary>
    public Field this[int index] => _fields[index];

    /// <summary>The field called <paramref name="name"/>.</summary>
    /// <exception cref="SchemaException">There is none.</exception>
    public Field this[string name] => _fields[IndexOf(name)];

    /// <summary>Whether a column has this name.</summary>
    public bool Contains(string name) => _index.ContainsKey(name);

    /// <summary>The place of the column called <paramref name="name"/>.</summary>
    /// <exception cref="SchemaException">There is none; the message lists those that exist.</exception>
    public int IndexOf(string name) => _index.TryGetValue(name, out int index)
        ? index
        : throw new SchemaException($"There is no column '{name}'. The columns are: {string.Join(", ", Names)}.");

    /// <inheritdoc/>
    public bool Equals(Schema? other) => other is not null && _fields.AsSpan().SequenceEqual(other._fields);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Schema);

    /// <inheritdoc/>
    public override int GetHashCode() => _fields.Length;

    /// <summary>The fields, separated by commas.</summary>
    public override string ToString() => string.Join(", ", _fields);

    /// <inheritdoc/>
    public IEnumerator<Field> GetEnumerator() => ((IEnumerable<Field>)_fields).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
