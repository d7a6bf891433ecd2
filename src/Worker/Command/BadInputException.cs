namespace TaskGraph.Worker.Command;

/// <summary>The command line makes no sense; the message is the one line that the user sees.</summary>
internal sealed class BadInputException(string message) : TaskGraphException(message);
