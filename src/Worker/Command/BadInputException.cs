using System.Diagnostics.CodeAnalysis;

namespace TaskGraph.Worker.Command;

/// <summary>The command line makes no sense; the message is the one line that the user sees.</summary>
internal sealed class BadInputException(string message) : TaskGraphException(message)
{
    /// <summary>Throws unless <paramref name="holds"/>.</summary>
    public static void Require([DoesNotReturnIf(false)] bool holds, string message)
    {
        if (!holds)
            throw new BadInputException(message);
    }
}
