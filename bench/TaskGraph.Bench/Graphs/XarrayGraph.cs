namespace TaskGraph.Bench.Graphs;

/// <summary>RSDS's xarray: weekly means of a × b chunks over 52 weeks, reduced by halving every axis.</summary>
internal static class XarrayGraph
{
    private const int Weeks = 52;

    public static DependencyList Create(int rows, int columns)
    {
        var graph = new DependencyList();
        int root = graph.Add();
        var cube = new int[rows, columns, Weeks];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                int chunk = graph.Add(root);
                int climate = graph.Add(chunk);
                for (int week = 0; week < Weeks; week++)
                    cube[i, j, week] = graph.Add(climate, graph.Add(graph.Add(chunk)));
            }
        }

        while (cube.Length > 1)
            cube = Halve(graph, cube);
        return graph;
    }

    private static int[,,] Halve(DependencyList graph, int[,,] cube)
    {
        var half = new int[Up(cube.GetLength(0)), Up(cube.GetLength(1)), Up(cube.GetLength(2))];
        var group = new List<int>(8);
        for (int i = 0; i < half.GetLength(0); i++)
        {
            for (int j = 0; j < half.GetLength(1); j++)
            {
                for (int k = 0; k < half.GetLength(2); k++)
                {
                    Collect(cube, i, j, k, group);
                    half[i, j, k] = group.Count == 1 ? group[0] : graph.Add([.. group]);
                }
            }
        }

        return half;
    }

    private static void Collect(int[,,] cube, int i, int j, int k, List<int> group)
    {
        group.Clear();
        for (int x = 2 * i; x < Math.Min((2 * i) + 2, cube.GetLength(0)); x++)
        {
            for (int y = 2 * j; y < Math.Min((2 * j) + 2, cube.GetLength(1)); y++)
            {
                for (int z = 2 * k; z < Math.Min((2 * k) + 2, cube.GetLength(2)); z++)
                    group.Add(cube[x, y, z]);
            }
        }
    }

    private static int Up(int length) => (length + 1) / 2;
}
