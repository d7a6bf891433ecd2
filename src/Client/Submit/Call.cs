namespace TaskGraph;

/// <summary>One call as it will be sent: function, encoded arguments, and the tasks that it depends on.</summary>
/// <param name="Function">The function.</param>
/// <param name="Arguments">The encoded arguments.</param>
/// <param name="Dependencies">The tasks whose results it takes, each once, in argument order.</param>
/// <param name="Uploads">Arguments too large for the message: they are put on a worker first.</param>
internal sealed record Call(
    FunctionDefinition Function, byte[] Arguments, Dependency[] Dependencies, Upload[] Uploads)
{
    /// <summary>What makes two pure calls the same: function, inputs and arguments.</summary>
    public Hash128 Identity => CallHash.Of(
        Function.Id, Array.ConvertAll(Dependencies, static dependency => dependency.Identity), Arguments);
}

/// <summary>
/// An encoded argument that travels over a data connection, and the task id under which it will be known.
/// </summary>
internal sealed record Upload(TaskId Id, byte[] Body);
