using System.Reflection;

namespace TaskGraph;

/// <summary>A function as it travels: registered once for each connection, then named by its id in tasks.</summary>
public sealed class FunctionDefinition
{
    internal FunctionDefinition(MethodInfo invoke, string name, byte[] body,
        IReadOnlyList<AssemblyIdentity> assemblies, IReadOnlyList<string> warnings)
    {
        Id = Hash128.Of(body);
        Name = name;
        Body = body;
        Assemblies = assemblies;
        Warnings = warnings;
        ParameterTypes = Array.ConvertAll(invoke.GetParameters(), p => p.ParameterType);
        (ResultType, IsAsync) = TaskResult.Of(invoke.ReturnType);
    }

    /// <summary>The hash of <see cref="Body"/>: equal functions with equal captures share it.</summary>
    public Hash128 Id { get; }

    /// <summary>A short name for people: the method's, or <c>lambda</c>.</summary>
    public string Name { get; }

    /// <summary>What <see cref="FunctionLoader.Load"/> takes on the worker.</summary>
    public byte[] Body { get; }

    /// <summary>The user assemblies that the function needs, with all that they refer to.</summary>
    public IReadOnlyList<AssemblyIdentity> Assemblies { get; }

    /// <summary>The delegate's parameter types.</summary>
    public IReadOnlyList<Type> ParameterTypes { get; }

    /// <summary>
    /// What a future of the call holds: inside of <c>Task&lt;T&gt;</c>, and <see cref="Unit"/> for void.
    /// </summary>
    public Type ResultType { get; }

    /// <summary>Whether the delegate returns a task, so that it needs no thread while it waits.</summary>
    public bool IsAsync { get; }

    /// <summary>Silent dangers that were found: large captures, mutable static fields.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>
    /// Refuses workers that lack native libraries which the function's assemblies rely on: these do not travel.
    /// </summary>
    /// <param name="platform">The worker's platform, as <c>linux-arm64</c>.</param>
    /// <exception cref="FunctionNotShippableException">
    /// An assembly has native libraries, and none for the platform.
    /// </exception>
    public void RequirePlatform(string platform)
    {
        foreach (var assembly in Assemblies)
        {
            var restored = NativeAssets.PlatformsOf(assembly.Name);
            if (restored.Count > 0 && !NativeAssets.Serve(restored, platform))
            {
                throw new FunctionNotShippableException(Name,
                    $"it needs {assembly.Name}, whose native libraries exist for {string.Join(", ", restored)} "
                    + $"and not for {platform}", "Restrict the task to other workers, or use a package that has them");
            }
        }
    }
}
