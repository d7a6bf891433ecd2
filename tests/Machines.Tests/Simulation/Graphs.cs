namespace Machines.Tests.Simulation;

/// <summary>Random graphs of calls, and the messages that submit them.</summary>
internal static class Graphs
{
    /// <summary>Calls in an order in which inputs come first; some take values of <paramref name="earlier"/>.</summary>
    public static Work[] Random(Random random, int count, int width, Work[] earlier, ref long nextSalt)
    {
        var works = new Work[count];
        for (var i = 0; i < count; i++)
        {
            HashSet<Work> inputs = [];
            for (var k = random.Next(width + 1); k > 0; k--)
            {
                if (earlier.Length > 0 && random.Next(6) == 0)
                    inputs.Add(earlier[random.Next(earlier.Length)]);
                else if (i > 0)
                    inputs.Add(works[random.Next(2) == 0 ? i - 1 : random.Next(i)]);
            }

            works[i] = new Work(BehaviourOf(random.Next(100)), ++nextSalt, [.. inputs]);
        }

        return works;
    }

    /// <summary>The submission of <paramref name="works"/>; other inputs are named by <paramref name="held"/>.</summary>
    public static SubmitTasks Message(
        ulong id, Work[] works, int[] wanted, KeyForm form, Func<Work, TaskId?> held)
    {
        var message = new SubmitTasks { Submission = id, Count = works.Length, IsLast = true, KeyForm = form };
        for (var i = 0; i < works.Length; i++)
        {
            var work = works[i];
            message.FunctionIndex.Add(FunctionIndex(message.Functions, Work.Definition(work.Behaviour).Id));
            message.Arguments.Add(work.Arguments);
            message.Order.Add(i);
            message.UserPriority.Add((int)(work.Salt % 3) - 1);
            message.Retries.Add(work.Retries);
            message.TimeoutMs.Add(0);
            message.RestrictionIndex.Add(-1);
            message.Flags.Add((byte)(wanted.Contains(i) ? SubmitFlags.Wanted : SubmitFlags.None));
            if (form == KeyForm.Hashed)
                message.KeyHashes.Add(Hash128.Of(work.Arguments));
            else if (form == KeyForm.Named)
                message.KeyNames.Add(System.Text.Encoding.UTF8.GetBytes($"work-{work.Salt}"));
            foreach (var input in work.Inputs)
            {
                var place = Array.IndexOf(works, input);
                message.Dependencies.Add(place >= 0 ? new TaskId(id, place) : held(input)!.Value);
            }

            message.DependencyEnds.Add(message.Dependencies.Count);
        }

        return message;
    }

    private static Behaviour BehaviourOf(int percent) => percent switch
    {
        < 3 => Behaviour.Throws,
        < 12 => Behaviour.ThrowsAtFirst,
        < 20 => Behaviour.Secedes,
        _ => Behaviour.Returns,
    };

    private static int FunctionIndex(MessageColumn<Hash128> functions, Hash128 id)
    {
        var index = functions.Span.IndexOf(id);
        if (index >= 0)
            return index;
        functions.Add(id);
        return functions.Count - 1;
    }
}
