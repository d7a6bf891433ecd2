namespace ShippedLibrary;

/// <summary>What shipped code refers to in another assembly that workers do not have either.</summary>
public static class Discount
{
    public static decimal Apply(decimal price, int percent) => price - (price * percent / 100);
}
