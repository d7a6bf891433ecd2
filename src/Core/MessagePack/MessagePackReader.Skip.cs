namespace TaskGraph;

public ref partial struct MessagePackReader
{
    /// <summary>Skips the next value with all that is in it.</summary>
    /// <exception cref="MessagePackException">It is cut off, not valid, or nests too deeply.</exception>
    public void Skip()
    {
        var start = _offset;
        Span<long> left = stackalloc long[MaxDepth + 1];
        var level = 0;
        left[0] = 1;
        try
        {
            while (true)
            {
                while (left[level] == 0)
                {
                    if (level-- == 0)
                        return;
                }

                left[level]--;
                var children = SkipToken();
                if (children < 0)
                    continue;
                if (_depth + level >= MaxDepth)
                    throw TooDeep(_offset);
                left[++level] = children;
            }
        }
        catch (MessagePackException)
        {
            _offset = start;
            throw;
        }
    }

    /// <summary>Skips the next value and returns its bytes, a view of the input.</summary>
    /// <exception cref="MessagePackException">It is cut off, not valid, or nests too deeply.</exception>
    public ReadOnlySpan<byte> ReadRaw()
    {
        var start = _offset;
        Skip();
        return _buffer[start.._offset];
    }

    /// <summary>Skips a scalar, or a container's header; returns how many values a container holds, else −1.</summary>
    private long SkipToken()
    {
        switch (NextType)
        {
            case MessagePackType.Array:
                return ReadArrayHeader();
            case MessagePackType.Map:
                return 2L * ReadMapHeader();
            case MessagePackType.Nil or MessagePackType.Boolean:
                _offset++;
                return -1;
            case MessagePackType.Integer:
                _ = DecodeInteger("an integer", out var size, out _);
                _offset += size;
                return -1;
            case MessagePackType.Float:
                _ = ReadDouble();
                return -1;
            case MessagePackType.String:
                _ = ReadUtf8();
                return -1;
            case MessagePackType.Binary:
                _ = ReadBinary();
                return -1;
            case MessagePackType.Extension:
                _ = ReadExtension(out _);
                return -1;
            default:
                throw Mismatch("a value");
        }
    }
}
