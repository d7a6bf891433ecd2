using SdssClassifier;
using TaskGraph;

var command = SampleOptions.Command(async (options, cancellation) =>
{
    using var show = new Show(options);
    return await show.RunAsync(cancellation);
});
try
{
    return await command.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception error) when (error is FormatException or FileNotFoundException or TaskGraphException)
{
    await Console.Error.WriteLineAsync(error.Message);
    return error is TaskGraphException ? 1 : 2;
}
