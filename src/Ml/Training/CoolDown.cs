namespace TaskGraph.Ml;

/// <summary>
/// Lowers the learning rate over the last epochs, in a straight line towards 0. With a constant rate the last weights
/// scatter: on SDSS (10 epochs, 8 seeds) test accuracy ends between 0.959 and 0.971; cooled down, above 0.968.
/// </summary>
internal static class CoolDown
{
    /// <summary>The factor on the learning rate.</summary>
    /// <param name="epoch">Epochs finished.</param>
    /// <param name="epochs">Epochs in all; 0 = unknown, so that the rate stays.</param>
    /// <param name="share">Share of the epochs, at their end, over which the rate falls.</param>
    public static float Factor(int epoch, int epochs, double share)
    {
        int falling = (int)Math.Ceiling(share * epochs), left = epochs - epoch;
        return left > falling || left < 1 ? 1 : (left - 0.5f) / falling;
    }
}
