namespace TaskGraph.Transport.Links;

/// <summary>Where a listener's links come from.</summary>
internal interface ILinkSource : IDisposable
{
    /// <summary>The address to dial, with the real port.</summary>
    Address Address { get; }

    /// <summary>Waits for the next link.</summary>
    /// <exception cref="ObjectDisposedException">The source has been disposed.</exception>
    ValueTask<Link> AcceptAsync(CancellationToken cancellationToken);
}
