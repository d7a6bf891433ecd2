namespace TaskGraph.Tests.Api;

/// <summary>
/// Every way in which calls are written. Compiling it is most of the test: each line must pick an overload, and the
/// declared type says which.
/// </summary>
internal static class CallShapes
{
    public static int Inc(int x) => x + 1;

    public static int Add(int x, int y) => x + y;

    public static int Add3(int x, int y, int z) => x + y + z;

    public static async Task<int> IncLater(int x)
    {
        await Task.Yield();
        return x + 1;
    }

    public static async Task Nothing(int x)
    {
        await Task.Yield();
        _ = x;
    }

    public static void Print(int x) => Console.WriteLine(x);

    public static IEnumerable<(string Shape, IFuture Future)> Submit(Client client)
    {
        Future<int> a = client.Submit(Inc, 1);
        yield return ("method group of a value", a);
        Future<int> c = client.Submit(Add, a, 10);
        yield return ("method group of a result and a value", c);
        Future<int> d = client.Submit(Add, 10, a);
        yield return ("method group of a value and a result", d);
        Future<int> e = client.Submit(Add, a, c);
        yield return ("method group of two results", e);
        Future<int> f = client.Submit(() => 42);
        yield return ("lambda without arguments", f);
        Future<string> g = client.Submit(i => i.ToString(), a);
        yield return ("untyped lambda of a result", g);
        Future<string> h = client.Submit((int i) => i.ToString(), 5);
        yield return ("typed lambda of a value", h);
        Future<int> i1 = client.Submit(async x => await Task.FromResult(x + 1), a);
        yield return ("asynchronous lambda of a result", i1);
        Future<int> j = client.Submit(IncLater, 3);
        yield return ("asynchronous method of a value", j);
        Future<int> k = client.Submit(IncLater, a);
        yield return ("asynchronous method of a result", k);
        Future<Unit> l = client.Submit(Print, 3);
        yield return ("action of a value", l);
        Future<Unit> m = client.Submit(Print, a);
        yield return ("action of a result", m);
        Future<Unit> n = client.Submit(Nothing, 1);
        yield return ("asynchronous action of a value", n);
        Future<Unit> o = client.Submit(async x => { await Task.Yield(); _ = x; }, a);
        yield return ("asynchronous action lambda of a result", o);
        Future<int> p = client.Submit(Add3, a, 2, c);
        yield return ("three arguments mixed", p);
        Future<int> q = client.Submit((x, y, z) => x + y + z, a, 2, c, new SubmitOptions { Retries = 2 });
        yield return ("untyped lambda of three, with options", q);
        Future<int> r = client.Submit((w, x, y, z) => w + x + y + z, 1, 2, 3, 4);
        yield return ("four values", r);
        Future<int> s = client.Submit((w, x, y, z) => w + x + y + z, a, Arg.Of(2), c, d);
        yield return ("four results, one wrapped", s);
        Future<double> t = client.Submit((x, token) => token.IsCancellationRequested ? 0 : Math.Sqrt(x), 2.0,
            CancellationToken.None);
        yield return ("a cancellation token", t);
        Future<int> u = client.Submit((t1, t2, t3, t4, t5, t6, t7, t8) => t1 + t2 + t3 + t4 + t5 + t6 + t7 + t8,
            1, 2, 3, 4, 5, 6, 7, 8);
        yield return ("eight values", u);
    }

    public static IEnumerable<(string Shape, IFuture Future)> Sequences(Client client)
    {
        Future<int>[] squares = client.Map(x => x * x, Enumerable.Range(0, 1000));
        yield return ("map of a lambda", squares[999]);
        Future<int> total = client.Submit(Enumerable.Sum, squares);
        yield return ("Enumerable.Sum of results", total);
        Future<int> most = client.Submit(all => all.Max(), squares);
        yield return ("lambda of an array of results", most);
        Future<int> counted = client.Submit((IEnumerable<int> all) => all.Count(), squares);
        yield return ("lambda of a sequence of results", counted);
        Future<int> list = client.Submit(all => all.Length, Arg.All(squares.Take(3)));
        yield return ("Arg.All", list);
        Future<int> both = client.Submit((all, x) => all.Length + x, Arg.All(squares.Take(3)), 4);
        yield return ("Arg.All beside a value", both);
        Future<string>[] texts = client.Map(x => x.ToString(), squares);
        yield return ("map over futures", texts[0]);
        Future<int>[] later = client.Map(IncLater, [1, 2, 3]);
        yield return ("map of an asynchronous method", later[2]);
        Future<int>[] laterStill = client.Map(IncLater, squares);
        yield return ("map of an asynchronous method over futures", laterStill[2]);
        Future<int>[] sums = client.Map(Add, [1, 2, 3], [10, 20, 30]);
        yield return ("zipped map", sums[2]);
        Future<Unit>[] printed = client.Map(Print, [1, 2]);
        yield return ("map of an action", printed[1]);
        var offset = 7;
        Future<int>[] shifted = client.Map(x => x + offset, new List<int> { 1, 2 });
        yield return ("map of a lambda with a capture", shifted[1]);
    }

    public static IEnumerable<(string Shape, IFuture Future)> Graphs(Client client)
    {
        var graph = new GraphBuilder(client);
        GraphTask<int> one = graph.Add(() => 1, new SubmitOptions { Key = "one" });
        GraphTask<int> two = graph.Add(Inc, one);
        GraphTask<int> three = graph.Add(Add, one, two, new SubmitOptions { Key = "three" });
        GraphTask<string> text = graph.Add((x, y) => $"{x} {y}", three, graph.Task<int>("later"));
        graph.Add(Inc, three, new SubmitOptions { Key = "later" });
        GraphTask<int> total = graph.Add(all => all.Sum(), Arg.All([one, two, three]));
        var futures = graph.SubmitMany([text, total]);
        Future<string> wanted = futures.Of(text);
        yield return ("graph output", wanted);
        Future<int> summed = futures.Of(total);
        yield return ("graph output of a sequence", summed);
    }
}
