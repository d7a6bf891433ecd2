using ShippedLibrary;
using TaskGraph;

namespace ShippedCode;

/// <summary>The forms of functions that a C# programmer writes.</summary>
public static class Cases
{
    public static IEnumerable<ShippedCase> All()
    {
        return
        [
            .. Methods(), .. Captures(), .. Nested(), .. Generic(), .. Asynchronous(), .. Bodies(), .. MoreBodies(),
        ];
    }

    private static IEnumerable<ShippedCase> Methods()
    {
        yield return new("static method", (Func<int, int>)Statics.Increment, "42", 41);
        yield return new("non-capturing lambda", (int x) => x * x, "49", 7);
        yield return new("own delegate type", (Transform)Statics.Increment, "3", 2);
        yield return new("instance method of a struct", (Func<int>)new Point(1, 2).Sum, "3");
        yield return new("interface default method", (Func<string>)((IGreeter)new Greeter("Ada")).Greet, "Hello Ada");
        yield return new("override of a stateless framework class", (Func<int, int, int>)new Descending(-1).Compare, "-1",
            5, 4);
        yield return new("delegate with default argument", (int x = 3) => x + 1, "6", 5);
        yield return new("framework method group", (Func<double, double>)Math.Sqrt, "3", 9.0);
        yield return new("generic framework method group", (Func<IEnumerable<int>, int>)Enumerable.Sum, "6",
            new List<int> { 1, 2, 3 });
        yield return new("method of a generic framework value", (Func<int, int>)new List<int> { 4, 5 }.IndexOf, "1", 5);
        yield return new("generic framework method by signature", (Func<int[], int, int>)Array.IndexOf, "1",
            new int[] { 4, 5 }, 5);
        yield return new("instance method of a framework value", (Func<string, bool>)"abcd".Contains, "True", "bc");
        yield return new("instance method with private state", (Func<int, int>)new Counter(10).Add, "15", 5);
        yield return new("virtual method of the target", (Func<int>)new Square(3).Twice, "18");
        yield return new("target handed to the framework", (Func<int[], string>)new ByDistance(10).Sort, "9 12 1",
            new int[] { 1, 12, 9 });
        yield return new("extension method closed over its target", (Func<string, string>)"Ada".Greet, "Hi, Ada", "Hi");
        yield return new("static local function", (Func<int, int>)Triple, "9", 3);
        yield return new("code of a referenced assembly", (decimal p) => Discount.Apply(p, 25), "75", 100m);
        yield return new("lambda that encodes itself",
            () => FunctionEncoder.Encode((Func<int, int>)Statics.Increment).Body, "System.Byte[]");
        yield return new("no result", (int x) => { _ = x; }, "", 1);
        static int Triple(int x) => 3 * x;
    }

    private static IEnumerable<ShippedCase> Captures()
    {
        var number = 5;
        var text = "five";
        var person = new Person("Ada", 36);
        var point = new Point(1, 2);
        var pair = (Left: 1, Right: "r");
        var colour = Colour.Green;
        var anonymous = new { Size = 4, Label = "a" };
        int? some = 3;
        int? none = null;
        var id = new Guid("00112233-4455-6677-8899-aabbccddeeff");
        var day = new DateTime(2026, 11, 21, 1, 2, 3, DateTimeKind.Utc);
        var list = new List<Person> { person };
        var map = new Dictionary<string, int> { ["one"] = 1 };
        IReadOnlyList<int> expression = [1, 2, 3];
        yield return new("captured numbers and strings", () => text + number, "five5");
        yield return new("captured record", (int x) => person with { Age = x }, "Person { Name = Ada, Age = 3 }", 3);
        yield return new("captured record struct", () => point.X + point.Y, "3");
        yield return new("captured tuple", () => pair.Left + pair.Right, "1r");
        yield return new("captured enum", () => colour, "Green");
        yield return new("captured anonymous type", () => anonymous.Size + anonymous.Label, "4a");
        yield return new("captured nullables", () => (some ?? 0) + (none ?? 100), "103");
        yield return new("captured Guid and DateTime", () => $"{id:N} {day:O}",
            "00112233445566778899aabbccddeeff 2026-11-21T01:02:03.0000000Z");
        yield return new("captured list and dictionary", () => list[0].Name + map["one"], "Ada1");
        yield return new("captured collection expression", () => expression.Sum(), "6");
    }

    private static IEnumerable<ShippedCase> Nested()
    {
        var outer = 1;
        var cases = new List<ShippedCase>();
        for (var i = 0; i < 2; i++)
        {
            var inner = 10 * i;
            cases.Add(new($"nested scopes {i}", (int x) => x + outer + inner, (5 + 1 + inner).ToString(), 5));
        }
        Func<int, int> add = x => x + outer;
        Func<int, int> factorial = null!;
        factorial = n => n <= 1 ? 1 : n * factorial(n - 1);
        Func<int, Func<int, int>> adder = a => b => a + b + outer;
        cases.Add(new("captured lambda", (int x) => add(add(x)), "7", 5));
        cases.Add(new("recursive lambda", factorial, "120", 5));
        cases.Add(new("lambda of a lambda", (int x) => adder(x)(1), "7", 5));
        cases.Add(new("captured this", new Counter(3).Both, "11", 5));
        cases.Add(new("unread captures stay at home", Overcapturing(), "6", 5));
        cases.Add(new("capturing local function", (Func<int, int>)Local, "6", 5));
        cases.Add(new("captured framework delegate", Compose(Math.Abs), "4", -3));
        return cases;
        int Local(int x) => x + outer;
    }

    private static Func<int, int> Compose(Func<int, int> first) => x => first(x) + 1;

    private static Func<int, int> Overcapturing()
    {
        var one = 1;
        var stream = new MemoryStream();
        Func<long> sibling = () => stream.Length;
        _ = sibling();
        return x => x + one;
    }

    private static IEnumerable<ShippedCase> Generic()
    {
        yield return new("generic method", (Func<Point, string>)Statics.Describe, "Point:Point { X = 1, Y = 2 }",
            new Point(1, 2));
        yield return new("generic method over a user's list", (Func<List<Point>, int>)Statics.CountOf, "1",
            new List<Point> { new(1, 2) });
        yield return new("closure of a generic method in a generic class", new Box<int>(7).Label(2.5),
            "<72.5Double", "<");
    }

    private static IEnumerable<ShippedCase> Asynchronous()
    {
        var offset = 100;
        yield return new("async method", (Func<int, Task<int>>)Statics.TwiceLater, "8", 4);
        yield return new("async lambda with capture", async (int x) =>
        {
            await Task.Yield();
            return x + offset;
        }, "104", 4);
        yield return new("async lambda without result", async (int x) => { await Task.Delay(x); }, "", 0);
        yield return new("value task", (int x) => new ValueTask<int>(x + offset), "104", 4);
        yield return new("value task without result", (int x) => new ValueTask(Task.Delay(x)), "", 0);
        yield return new("cancellation token parameter",
            (int x, CancellationToken token) => token.CanBeCanceled ? x : -x, "4", 4, default(CancellationToken));
    }

    private static IEnumerable<ShippedCase> Bodies()
    {
        var numbers = Statics.Numbers(10).GetEnumerator();
        numbers.MoveNext();
        numbers.MoveNext();
        var count = 3;
        yield return new("iterator", () => Statics.Numbers(count).Sum(), "3");
        yield return new("half-consumed enumerator", () => numbers.MoveNext() ? numbers.Current : -1, "2");
        yield return new("ref return inside", (int x) =>
        {
            PickElement pick = items => ref items[1];
            int[] array = [x, x];
            pick(array)++;
            return array[1];
        }, "5", 4);
        yield return new("string switch", (string s) => s switch
        {
            "alpha" => 1,
            "beta" => 2,
            "gamma" => 3,
            "delta" => 4,
            "epsilon" => 5,
            "zeta" => 6,
            "eta" => 7,
            _ => 0,
        }, "7", "eta");
        yield return new("dynamic", (int x) =>
        {
            dynamic d = x;
            return (int)(d + 1);
        }, "5", 4);
        yield return new("LINQ inside", (int n) => Enumerable.Range(0, n).Where(i => i % 2 == 0).Sum(), "20", 10);
        yield return new("switch on own enum", (Colour c) => c switch { Colour.Red => "r", _ => "g" }, "g",
            Colour.Green);
    }

    private static IEnumerable<ShippedCase> MoreBodies()
    {
        Point[] points = [new(1, 2), new(3, 4)];
        IGreeter greeter = new Greeter("Eve");
        object boxed = 12;
        var generic = new Box<Point>(points[0]);
        yield return new("captured array of structs", () => points.Sum(p => p.Sum()), "10");
        yield return new("captured interface", () => greeter.Greet(), "Hello Eve");
        yield return new("captured boxed value", () => (int)boxed + 1, "13");
        yield return new("closure of a generic class over a struct", generic.Label("x"),
            ">Point { X = 1, Y = 2 }xString", ">");
        yield return new("exception filter and finally", (int x) =>
        {
            var steps = "";
            try
            {
                _ = Statics.Fail(x.ToString());
            }
            catch (InvalidOperationException e) when (e.Message == "4")
            {
                steps += "caught ";
            }
            finally
            {
                steps += "finally";
            }
            return steps;
        }, "caught finally", 4);
        yield return new("spans and stackalloc", (int n) =>
        {
            Span<int> squares = stackalloc int[n];
            for (var i = 0; i < n; i++)
            {
                squares[i] = i * i;
            }
            return squares[^1];
        }, "9", 4);
        yield return new("async stream", async (int n) =>
        {
            var sum = 0;
            await foreach (var item in Statics.NumbersLater(n))
            {
                sum += item;
            }
            return sum;
        }, "6", 4);
        yield return new("capture in a query inside", (int n) => points.Where(p => p.X < n).Select(p => p.Y).Sum(),
            "2", 2);
    }
}
