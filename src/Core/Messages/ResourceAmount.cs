using System.Globalization;

namespace TaskGraph.Messages;

/// <summary>So much of an abstract resource: what a worker has, or a task takes while it is with a worker.</summary>
/// <param name="Name">What it is called; compared letter for letter.</param>
/// <param name="Amount">How much, at least 0.</param>
public readonly record struct ResourceAmount(string Name, double Amount)
{
    /// <summary>As on the command line: <c>GPU=2</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}={Amount}");

    internal static void Write(ref MessagePackWriter writer, ResourceAmount amount)
    {
        writer.WriteArrayHeader(2);
        writer.Write(amount.Name);
        writer.Write(amount.Amount);
    }

    internal static ResourceAmount Read(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader(2);
        return new ResourceAmount(reader.ReadString() ?? "", reader.ReadDouble());
    }

    internal static void WriteSet(ref MessagePackWriter writer, ResourceAmount[] set)
    {
        writer.WriteArrayHeader(set.Length);
        foreach (var amount in set)
            Write(ref writer, amount);
    }

    internal static ResourceAmount[] ReadSet(ref MessagePackReader reader)
    {
        var set = new ResourceAmount[reader.ReadArrayHeader()];
        for (int i = 0; i < set.Length; i++)
            set[i] = Read(ref reader);
        return set;
    }
}
