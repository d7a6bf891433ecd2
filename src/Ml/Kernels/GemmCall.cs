namespace TaskGraph.Ml;

/// <summary>
/// One product C = epilogue(start + A·B). All strides count floats. A is read element by element, so both of its
/// strides
/// are free (X·W and Xᵀ·Δ need no copy); rows of B, C, the start and the gate are read in vectors, so
/// <see cref="Columns"/>
/// is a multiple of <see cref="Gemm.ColumnMultiple"/> and their memory holds that many floats per row.
/// </summary>
internal unsafe struct GemmCall
{
    public int Rows;
    public int Columns;
    public int Depth;
    public float* A;
    public nint ARowStride;
    public nint ADepthStride;
    public float* B;
    public nint BStride;
    public float* C;
    public nint CStride;

    /// <summary>Where the sums start: a bias row (stride 0), zeros (stride 0) or C itself (beta = 1).</summary>
    public float* Start;
    public nint StartStride;

    /// <summary>ReLU outputs for <see cref="StoreGated"/>; unused otherwise.</summary>
    public float* Gate;
    public nint GateStride;
}
