using System.Reflection;

namespace TaskGraph;

/// <summary>A captured field that the worker fills from a static property of its own.</summary>
internal sealed class AmbientField(object owner, FieldInfo field, PropertyInfo property)
{
    /// <summary>Fills the field. Called inside of the task, where the property knows which task asks.</summary>
    public bool TryFill()
    {
        var value = property.GetValue(null);
        field.SetValue(owner, value);
        return value is not null;
    }
}
