// Sums of squares of many arrays in one launch. The table has two numbers for each chunk: address and
// number of elements; one block a chunk, so that a large array and many small ones share the device evenly.
// The parts are added by row_reduce's total_norm.
#include "reduction/state.cuh"

constexpr int THREADS = 256;

template <typename T> __device__ __forceinline__ void squares(const int64_t* __restrict__ table, float* __restrict__ partial) {
    constexpr int SIZE = Pack<T>::SIZE;
    const int64_t address = table[2 * blockIdx.x];
    const T* values = reinterpret_cast<const T*>(address);
    const int count = (int)table[2 * blockIdx.x + 1];
    const int packed = (address & 15) == 0 ? count / SIZE * SIZE : 0;
    NormState state = NormState::empty();
#pragma unroll 2
    for (int i = threadIdx.x * SIZE; i < packed; i += THREADS * SIZE) {
        Pack<T> pack;
        pack.load(values + i);
#pragma unroll
        for (int j = 0; j < SIZE; j++) state.take(pack[j]);
    }
    for (int i = packed + threadIdx.x; i < count; i += THREADS) state.take(to_float(values[i]));
    state = block_merge<THREADS>(state);
    if (threadIdx.x == 0) partial[blockIdx.x] = state.squares;
}

extern "C" __global__ void __launch_bounds__(THREADS) squares_f32(const int64_t* table, float* partial) {
    squares<float>(table, partial);
}
extern "C" __global__ void __launch_bounds__(THREADS) squares_bf16(const int64_t* table, float* partial) {
    squares<bf16>(table, partial);
}
