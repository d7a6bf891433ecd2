namespace TaskGraph.Collections;

/// <summary>A column builder that takes values of one C# type.</summary>
internal interface IAppender<T>
{
    void Append(T value);

    void AppendNull();

    Column Build(string name);
}

/// <summary>Takes 32-bit integers into an int64 column.</summary>
internal sealed class Int32Appender(int capacity) : IAppender<int>
{
    private readonly PrimitiveColumnBuilder<long> _builder = new(capacity);

    public void Append(int value) => _builder.Append(value);

    public void AppendNull() => _builder.AppendNull();

    public Column Build(string name) => _builder.Build(name);
}
