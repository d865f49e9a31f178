// to <- to + from; 16 bytes at a time where both are aligned.
#include "common/pack.cuh"

template <typename T> __device__ __forceinline__ void add_into(T* __restrict__ to, const T* __restrict__ from, int64_t count, int packed) {
    constexpr int SIZE = Pack<T>::SIZE;
    const int64_t packs = packed ? count / SIZE : 0;
    for (int64_t i = global_thread(); i < packs; i += global_threads()) {
        Pack<T> a, b;
        a.load(to + i * SIZE);
        b.load(from + i * SIZE);
#pragma unroll
        for (int j = 0; j < SIZE; j += 2) a.set(j, a[j] + b[j], a[j + 1] + b[j + 1]);
        a.store(to + i * SIZE);
    }
    for (int64_t i = packs * SIZE + global_thread(); i < count; i += global_threads())
        to[i] = from_float<T>(to_float(to[i]) + to_float(from[i]));
}

extern "C" __global__ void add_into_f32(float* to, const float* from, int64_t count, int packed) { add_into(to, from, count, packed); }
extern "C" __global__ void add_into_bf16(bf16* to, const bf16* from, int64_t count, int packed) { add_into(to, from, count, packed); }
