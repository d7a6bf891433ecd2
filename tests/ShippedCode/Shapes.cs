namespace ShippedCode;

public enum Colour
{
    Red,
    Green,
}

public sealed record Person(string Name, int Age);

public readonly record struct Point(int X, int Y)
{
    public int Sum() => X + Y;
}

public interface IGreeter
{
    string Name { get; }

    string Greet() => $"Hello {Name}";
}

public sealed record Greeter(string Name) : IGreeter;

public delegate ref int PickElement(int[] items);

public delegate int Transform(int value);

/// <summary>An instance whose private state travels with its methods.</summary>
public sealed class Counter(int start)
{
    private readonly int _start = start;
    private readonly object _gate = new();

    public Transform Both => value => Add(value) + _start;

    public int Add(int value) => _start + value;

    public int AddLocked(int value)
    {
        lock (_gate)
        {
            return _start + value;
        }
    }
}

public abstract class Shape
{
    public abstract int Area();

    public int Twice() => 2 * Area();
}

public sealed class Square(int side) : Shape
{
    private readonly int _side = side;

    public override int Area() => _side * _side;
}

/// <summary>Sorts by a private key: the framework calls back through an interface that no user code calls.</summary>
public sealed class ByDistance(int centre) : IComparer<int>
{
    private readonly int _centre = centre;

    public int Compare(int x, int y) => Math.Abs(x - _centre).CompareTo(Math.Abs(y - _centre));

    public string Sort(int[] values)
    {
        var copy = values.ToArray();
        Array.Sort(copy, this);
        return string.Join(' ', copy);
    }
}

/// <summary>A framework base class without state of its own is no obstacle.</summary>
public sealed class Descending(int sign) : Comparer<int>
{
    private readonly int _sign = sign;

    public override int Compare(int x, int y) => _sign * x.CompareTo(y);
}

public static class Statics
{
    public static int Increment(int value) => value + 1;

    public static string Describe<T>(T value) => $"{typeof(T).Name}:{value}";

    public static int CountOf<T>(List<T> items) => items.Count;

    public static string Greet(this string name, string greeting) => $"{greeting}, {name}";

    public static async Task<int> TwiceLater(int value)
    {
        await Task.Yield();
        return 2 * value;
    }

    public static IEnumerable<int> Numbers(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return i;
        }
    }

    public static async IAsyncEnumerable<int> NumbersLater(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    public static int Fail(string message) => throw new InvalidOperationException(message);
}

/// <summary>A closure inside of a generic class.</summary>
public sealed class Box<T>(T content)
{
    private readonly T _content = content;

    public Func<string, string> Label<TOther>(TOther other)
    {
        return prefix => $"{prefix}{_content}{other}{typeof(TOther).Name}";
    }
}
