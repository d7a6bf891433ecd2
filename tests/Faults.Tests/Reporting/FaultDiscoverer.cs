using System.Globalization;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace TaskGraph.Tests.Faults;

/// <summary>Gives a <see cref="FaultFactAttribute"/> its two traits.</summary>
public sealed class FaultDiscoverer : ITraitDiscoverer
{
    internal const string Fault = nameof(Fault);

    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute)
    {
        var row = (int)traitAttribute.GetConstructorArguments().First();
        yield return new("Category", "Faults");
        yield return new(Fault, row.ToString("00", CultureInfo.InvariantCulture));
    }
}
