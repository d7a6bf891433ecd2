using TaskGraph.Messages;

namespace TaskGraph;

// Submissions that are said chunk by chunk while they are still being written.
internal sealed partial class ClientMachine
{
    private int _connectionNumber;

    /// <summary>
    /// Says the chunks that have been finished since the last time, if nothing keeps them waiting: the scheduler takes
    /// them in while the caller writes the next ones. What is not said now is said by <see cref="Submit"/>.
    /// </summary>
    /// <returns>How much has been said by now.</returns>
    public SaidAhead SayAhead(SaidAhead said, List<Message> chunks, IEnumerable<FunctionDefinition> functions)
    {
        if (!IsConnected || _waiting.Count > 0 || (said.Chunks > 0 && said.Connection != _connectionNumber))
            return said;
        if (said.Chunks == 0)
            FlushReleases();
        foreach (var function in functions)
            Define(function);
        for (var i = said.Chunks; i < chunks.Count; i++)
            Outbox.Add(chunks[i]);
        return new SaidAhead(_connectionNumber, chunks.Count);
    }

    /// <summary>A submission that was said in part will not be finished: the scheduler drops what it has of it.</summary>
    public void TakeBack(SaidAhead said, ulong submission)
    {
        // Begins anew, and ends with nothing in it.
        if (IsConnected && said.Chunks > 0 && said.Connection == _connectionNumber)
            Outbox.Add(new SubmitTasks { Submission = submission, KeyForm = KeyForm.Unique, IsLast = true });
    }
}
