namespace TaskGraph.Ml;

/// <summary>The vector operations that the kernels need, so that one kernel text serves every register width.</summary>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Floats in one vector.</summary>
    static abstract int Lanes { get; }

    /// <summary>Widest tile in vectors: 4 where there are 32 registers, 2 where there are 16.</summary>
    static abstract int TileVectors { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector value, float* target);

    static abstract TVector Broadcast(float value);

    /// <summary>a·b + c.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>max(value, 0), a NaN stays a NaN.</summary>
    static abstract TVector Relu(TVector value);

    /// <summary>value where activation &gt; 0, else 0.</summary>
    static abstract TVector Gate(TVector value, TVector activation);
}
