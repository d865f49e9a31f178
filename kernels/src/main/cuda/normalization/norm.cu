// Normalisation over the last axis, version 2: one warp a row, which stays in registers (as it is stored),
// 16 bytes a load. Rows are whole packs of at most MOST_WIDTH elements.
#include "normalization/kinds.cuh"

constexpr int THREADS = 256, WARPS = THREADS / 32;

template <Kind KIND, int MOST_WIDTH, typename T>
__device__ __forceinline__ void forward(const T* __restrict__ x, const T* __restrict__ factor, const T* __restrict__ shift,
        T* __restrict__ out, int rows, int width, int rows_per_group, float epsilon) {
    constexpr int SIZE = Pack<T>::SIZE;
    const int64_t r = (int64_t)blockIdx.x * WARPS + (threadIdx.x >> 5);
    if (r >= rows) return;
    const int64_t at = r * width, group = (int64_t)((int)r / rows_per_group) * width;
    Row<T, MOST_WIDTH> row;
    row.load(x + at, width);
    const float2 s = statistics<KIND>(row, width, epsilon);
#pragma unroll
    for (int i = 0; i < row.PACKS; i++) {
        const int column = row.column(i);
        if (column >= width) continue;
        float y[SIZE];
#pragma unroll
        for (int j = 0; j < SIZE; j++) y[j] = (row.packs[i][j] - s.x) * s.y;
        Pack<T> pack;
        if (factor) {
            pack.load(factor + group + column);
#pragma unroll
            for (int j = 0; j < SIZE; j++) y[j] *= factor_of<KIND>(pack[j]);
        }
        if (shift) {
            pack.load(shift + group + column);
#pragma unroll
            for (int j = 0; j < SIZE; j++) y[j] += pack[j];
        }
#pragma unroll
        for (int j = 0; j < SIZE; j += 2) pack.set(j, y[j], y[j + 1]);
        pack.store(out + at + column);
    }
}

#define NORM(name, KIND, MOST_WIDTH, suffix, T)                                                                      \
    extern "C" __global__ void __launch_bounds__(THREADS) name##_##MOST_WIDTH##suffix(const T* x, const T* factor,   \
            const T* shift, T* out, int rows, int width, int rows_per_group, float epsilon) {                        \
        forward<KIND, MOST_WIDTH>(x, factor, shift, out, rows, width, rows_per_group, epsilon);                      \
    }
#define NORMS(MOST_WIDTH, suffix, T)                                                                                 \
    NORM(rms, RMS, MOST_WIDTH, suffix, T)                                                                            \
    NORM(layer, LAYER, MOST_WIDTH, suffix, T)                                                                        \
    NORM(modulate, MODULATE, MOST_WIDTH, suffix, T)
NORMS(768, _f32, float)
NORMS(1280, _f32, float)
NORMS(768, _bf16, bf16)
NORMS(1280, _bf16, bf16)
