namespace TaskGraph;

/// <summary>Awaits one of the four task types and boxes its result.</summary>
internal abstract class TaskAwaiting<TReturn>
{
    /// <summary>Completes with the task's result; null if it has none.</summary>
    public abstract ValueTask<object?> Await(TReturn task);

    /// <summary>The form for Task, ValueTask, Task&lt;T&gt; or ValueTask&lt;T&gt;.</summary>
    public static TaskAwaiting<TReturn> Create()
    {
        var returned = typeof(TReturn);
        var form = returned == typeof(Task) ? typeof(OfTask)
            : returned == typeof(ValueTask) ? typeof(OfValueTask)
            : (returned.GetGenericTypeDefinition() == typeof(Task<>) ? typeof(OfTask<>) : typeof(OfValueTask<>))
                .MakeGenericType(typeof(TReturn), returned.GetGenericArguments()[0]);
        // Nested types of a generic type are generic in its parameter too.
        var closed = form.ContainsGenericParameters ? form.MakeGenericType(typeof(TReturn)) : form;
        return (TaskAwaiting<TReturn>)Activator.CreateInstance(closed)!;
    }

    private sealed class OfTask : TaskAwaiting<TReturn>
    {
        public override async ValueTask<object?> Await(TReturn task)
        {
            await ((Task)(object)task!).ConfigureAwait(false);
            return null;
        }
    }

    private sealed class OfValueTask : TaskAwaiting<TReturn>
    {
        public override async ValueTask<object?> Await(TReturn task)
        {
            await ((ValueTask)(object)task!).ConfigureAwait(false);
            return null;
        }
    }

    private sealed class OfTask<TResult> : TaskAwaiting<TReturn>
    {
        public override async ValueTask<object?> Await(TReturn task)
        {
            return await ((Task<TResult>)(object)task!).ConfigureAwait(false);
        }
    }

    private sealed class OfValueTask<TResult> : TaskAwaiting<TReturn>
    {
        public override async ValueTask<object?> Await(TReturn task)
        {
            return await ((ValueTask<TResult>)(object)task!).ConfigureAwait(false);
        }
    }
}
