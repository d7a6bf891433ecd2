using System.Runtime.Serialization;

namespace TaskGraph.Tests;

public record Point(int X, int Y, int Z);

public readonly record struct Size(double Width, double Height);

public struct Fields
{
    public int A;
    public string? B;
}

public class Settable
{
    public string? Name { get; set; }

    public int Count { get; init; } = 7;

    public DateTime Changed { get; private set; }

    public int Twice => Count * 2;

    [IgnoreDataMember]
    public Stream? Log { get; set; }

    public void Change(DateTime at) => Changed = at;
}

public class SettableChild : Settable
{
    public int Extra { get; set; }
}

public class ByConstructor(int id, IEnumerable<string> tags)
{
    public int Id { get; } = id;

    public string[] Tags { get; } = [.. tags];
}

[DataContract]
public class Keyed
{
    [DataMember(Order = 3)]
    public string? Last { get; set; }

    [DataMember(Order = 0)]
    public int First { get; set; }

    public int NotSent { get; set; }
}

public class Node
{
    public int Value { get; set; }

    public Node? Next { get; set; }

    public List<Node> Children { get; set; } = [];
}

[KnownType(typeof(Circle))]
[KnownType(typeof(Square))]
[KnownType(typeof(Nothing))]
public abstract record Shape;

public sealed record Circle(double Radius) : Shape;

public record Square(double Side) : Shape;

public sealed record Nothing : Shape;

public sealed record Undeclared(int Corners) : Shape;

public record OpenBase(int A);

public record OpenDerived(int A, int B) : OpenBase(A);

public enum Colour : byte
{
    Red = 1,
    Green = 200,
}

public record Line(string Product, decimal Price, Stream? Stream);

public record Order(int Id, List<Line> Lines);

public class Secretive(int seed)
{
    private readonly int _seed = seed;

    public int Next() => _seed + 1;
}

public class Unrestorable
{
    public List<int> Items { get; } = [];
}

[PayloadCodec(typeof(BoxCodec<>))]
public class Box<T>(T content)
{
    public T Hidden() => content;
}

public sealed class BoxCodec<T> : PayloadCodec<Box<T>>
{
    public override void Write(ref PayloadWriter writer, Box<T> value) =>
        PayloadCodecs.For<T>().Write(ref writer, value.Hidden());

    public override Box<T> Read(ref PayloadReader reader) => new(PayloadCodecs.For<T>().Read(ref reader));
}

[PayloadCodec(typeof(BoxCodec<int>))]
public class WrongCodec;
