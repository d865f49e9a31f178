#include "common/element.cuh"

template <typename T> __device__ __forceinline__ void fill(T* out, int64_t count, T value) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) out[i] = value;
}

extern "C" __global__ void fill_f32(float* out, int64_t count, float value) { fill(out, count, value); }
extern "C" __global__ void fill_bf16(bf16* out, int64_t count, float value) { fill(out, count, from_float<bf16>(value)); }
extern "C" __global__ void fill_i32(int* out, int64_t count, int value) { fill(out, count, value); }
extern "C" __global__ void fill_u8(uint8_t* out, int64_t count, int value) { fill(out, count, (uint8_t)value); }
