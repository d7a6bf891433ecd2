using System.Text;
using TaskGraph.Messages;

namespace TaskGraph;

// Results and small values under names that outlive their clients.
public sealed partial class Client
{
    /// <summary>
    /// Publishes a future, an array of futures, or a value of at most 128 KiB under a name. It stays, and its tasks are
    /// kept, until it is unpublished, whatever becomes of this client.
    /// </summary>
    /// <param name="name">At most 512 characters.</param>
    /// <param name="value">What to publish.</param>
    /// <param name="replace">Whether an earlier dataset of the name makes room.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CoordinationException">A dataset of the name is published already.</exception>
    /// <exception cref="ArgumentException">The value is too large; publish a future of it instead.</exception>
    public Task PublishDatasetAsync<T>(
        string name, T value, bool replace = false, CancellationToken cancellationToken = default)
        => PutAsync(SharedKind.Dataset, Checked(name), value, replace ? 1 : 0, null, cancellationToken);

    /// <summary>A published dataset, as the type it was published as: futures become futures of this client.</summary>
    /// <typeparam name="T"><c>Future&lt;R&gt;</c>, <c>Future&lt;R&gt;[]</c>, or the type of the value.</typeparam>
    /// <exception cref="KeyNotFoundException">There is no dataset of the name.</exception>
    public async Task<T> GetDatasetAsync<T>(string name, CancellationToken cancellationToken = default)
        => (await GetAsync<T>(SharedKind.Dataset, Checked(name), 1, null, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>The names of all published datasets, in ordinal order.</summary>
    public async Task<IReadOnlyList<string>> ListDatasetsAsync(CancellationToken cancellationToken = default)
        => await NamesAsync(SharedKind.Dataset, cancellationToken).ConfigureAwait(false);

    /// <summary>Ends the publication: tasks that nobody else wants are forgotten.</summary>
    /// <exception cref="KeyNotFoundException">There is no dataset of the name.</exception>
    public Task UnpublishDatasetAsync(string name, CancellationToken cancellationToken = default)
        => DeleteAsync(SharedKind.Dataset, Checked(name), cancellationToken);

    private async Task<List<string>> NamesAsync(SharedKind kind, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        while (true)
        {
            var last = names.Count == 0 ? "" : names[^1];
            var request = await CallAsync(
                NewCall(kind, SharedOperation.List, last, null), cancellationToken).ConfigureAwait(false);
            var reply = await request.Answer.ConfigureAwait(false);
            if (reply.Count == 0)
                return names;
            for (var i = 0; i < reply.Count; i++)
                names.Add(Encoding.UTF8.GetString(reply.Values[i]));
        }
    }
}
