namespace TaskGraph;

/// <summary>
/// Gathers the values of neighbouring dependencies into one argument of type <typeparamref name="T"/>.
/// </summary>
internal abstract class SequenceArgument<T>
{
    /// <summary>The values of <paramref name="count"/> dependencies from <paramref name="start"/> on.</summary>
    public abstract T Gather(IDependencyValues dependencies, int start, int count);

    /// <summary>For T[], List&lt;T&gt; and the interfaces of both; null for any other type.</summary>
    public static SequenceArgument<T>? Create()
    {
        var element = ElementOf(typeof(T));
        if (element is null)
        {
            return null;
        }
        var form = typeof(T) == typeof(List<>).MakeGenericType(element) ? typeof(ListOf<>) : typeof(ArrayOf<>);
        return (SequenceArgument<T>)Activator.CreateInstance(form.MakeGenericType(typeof(T), element))!;
    }

    private static Type? ElementOf(Type type)
    {
        if (type.IsSZArray)
        {
            return type.GetElementType();
        }
        if (!type.IsConstructedGenericType || type.GetGenericArguments() is not [var element])
        {
            return null;
        }
        return type.IsAssignableFrom(element.MakeArrayType()) || type == typeof(List<>).MakeGenericType(element)
            ? element
            : null;
    }

    private static TItem[] Items<TItem>(IDependencyValues dependencies, int start, int count)
    {
        var codec = PayloadCodecs.For<TItem>();
        var items = new TItem[count];
        for (var i = 0; i < count; i++)
        {
            items[i] = (TItem)dependencies.Get(start + i, codec)!;
        }
        return items;
    }

    private sealed class ArrayOf<TItem> : SequenceArgument<T>
    {
        public override T Gather(IDependencyValues dependencies, int start, int count)
        {
            return (T)(object)Items<TItem>(dependencies, start, count);
        }
    }

    private sealed class ListOf<TItem> : SequenceArgument<T>
    {
        public override T Gather(IDependencyValues dependencies, int start, int count)
        {
            return (T)(object)new List<TItem>(Items<TItem>(dependencies, start, count));
        }
    }
}
