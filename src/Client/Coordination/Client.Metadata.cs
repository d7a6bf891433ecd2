using TaskGraph.Messages;

namespace TaskGraph;

// Small values under paths, which the scheduler keeps for all clients and tasks.
public sealed partial class Client
{
    /// <summary>
    /// Leaves a value of at most 128 KiB with the scheduler, in place of an earlier one, for all clients and tasks.
    /// </summary>
    /// <param name="path">Names with slashes between, as <c>runs/7/seed</c>; at most 512 characters.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The value is too large.</exception>
    public Task SetMetadataAsync<T>(string path, T value, CancellationToken cancellationToken = default)
        => PutAsync(SharedKind.Metadata, Checked(path), value, 1, null, cancellationToken);

    /// <summary>The value at a path, as the type it was left as.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public async Task<T> GetMetadataAsync<T>(string path, CancellationToken cancellationToken = default)
        => (await GetAsync<T>(SharedKind.Metadata, Checked(path), 1, null, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>The value at a path, or <paramref name="fallback"/> if there is none.</summary>
    public async Task<T> GetMetadataAsync<T>(string path, T fallback, CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetMetadataAsync<T>(path, cancellationToken).ConfigureAwait(false);
        }
        catch (KeyNotFoundException)
        {
            return fallback;
        }
    }

    /// <summary>The paths that have values, in ordinal order.</summary>
    /// <param name="within">Only this path and those below it; empty = all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<string>> ListMetadataAsync(
        string within = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(within);
        var paths = await NamesAsync(SharedKind.Metadata, cancellationToken).ConfigureAwait(false);
        return paths.FindAll(path => IsWithin(path, within));
    }

    /// <summary>Takes the value at a path away.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Task DeleteMetadataAsync(string path, CancellationToken cancellationToken = default)
        => DeleteAsync(SharedKind.Metadata, Checked(path), cancellationToken);
}
