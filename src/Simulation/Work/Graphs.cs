namespace TaskGraph.Simulation;

/// <summary>Random graphs of calls, and the messages that submit them.</summary>
internal static class Graphs
{
    /// <summary>The resource that tasks take; every worker has one or two of it.</summary>
    public const string Licence = "LICENCE";

    /// <summary>Calls in an order in which inputs come first; some take values of <paramref name="earlier"/>.</summary>
    public static Work[] Random(Choices choices, Scenario scenario, Work[] earlier, ref long nextSalt)
    {
        var works = new Work[scenario.TasksPerGraph];
        for (var i = 0; i < works.Length; i++)
        {
            HashSet<Work> inputs = [];
            for (var k = choices.Next(scenario.Width + 1); k > 0; k--)
            {
                if (earlier.Length > 0 && choices.Chance(17))
                    inputs.Add(earlier[choices.Next(earlier.Length)]);
                else if (i > 0)
                    inputs.Add(works[choices.Next(2) == 0 ? i - 1 : choices.Next(i)]);
            }

            var isPlaced = (scenario.Faults & Faults.Restrictions) != 0 && choices.Chance(25);
            var takes = (scenario.Faults & Faults.Resources) != 0 && choices.Chance(40);
            works[i] = new Work(BehaviourOf(choices.Next(100), scenario.Faults), ++nextSalt, [.. inputs])
            {
                Place = isPlaced ? VirtualWorker.NameOf(choices.Next(scenario.Workers)) : null,
                IsPlaceLoose = isPlaced && choices.Chance(30),
                Licences = takes ? 1 : 0,
                IsSpeculative = (scenario.Faults & Faults.Speculation) != 0 && choices.Chance(60),
                IsActor = (scenario.Faults & Faults.Actors) != 0 && choices.Chance(12),
            };
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
            message.RestrictionIndex.Add(RestrictionIndex(message.Restrictions, work.Place));
            message.ResourceIndex.Add(work.Licences > 0 ? 0 : -1);
            message.Flags.Add((byte)((wanted.Contains(i) ? SubmitFlags.Wanted : SubmitFlags.None)
                | (work.IsSpeculative ? SubmitFlags.Speculate : SubmitFlags.None)
                | (work.IsActor ? SubmitFlags.Actor : SubmitFlags.None)
                | (work.IsPlaceLoose ? SubmitFlags.AllowOtherWorkers : SubmitFlags.None)));
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

        if (works.Any(work => work.Licences > 0))
            message.ResourceSets.Add([new ResourceAmount(Licence, 1)]);
        return message;
    }

    private static Behaviour BehaviourOf(int percent, Faults faults) => percent switch
    {
        >= 98 => Behaviour.Throws,
        >= 90 => Behaviour.ThrowsAtFirst,
        >= 86 => Behaviour.Secedes,
        >= 83 => Behaviour.Rejoins,
        >= 82 => Behaviour.SecedesAndThrows,
        >= 76 when (faults & Faults.Retries) != 0 => Behaviour.ThrowsOnce,
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

    private static int RestrictionIndex(List<string[]> restrictions, string? place)
    {
        if (place is null)
            return -1;
        var index = restrictions.FindIndex(set => set[0] == place);
        if (index >= 0)
            return index;
        restrictions.Add([place]);
        return restrictions.Count - 1;
    }
}
