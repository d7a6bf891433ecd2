using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("TaskGraph.Tests.Faults.FaultTestFramework", "Faults.Tests")]

namespace TaskGraph.Tests.Faults;

/// <summary>xunit's own framework, with the table of rows and results at the end of a run.</summary>
public sealed class FaultTestFramework(IMessageSink diagnostics) : XunitTestFramework(diagnostics)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName)
        => new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName name, ISourceInformationProvider sources, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(name, sources, diagnostics)
    {
        protected override void RunTestCases(
            IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
            => base.RunTestCases(testCases, new FaultTable(executionMessageSink, DiagnosticMessageSink), executionOptions);
    }
}
