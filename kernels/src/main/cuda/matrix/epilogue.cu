// What follows a linear layer's product. start prepares a result that the product is then added to;
// finish does out = gelu(product + bias) + residual (each optional), the product being F32 so that it is
// rounded once; product and out may be the same array. Version 1 goes element by element, version 2 by 16
// bytes of the result, width being whole packs. There are fewer than 2^31 elements.
#include "common/normal.cuh"
#include "common/pack.cuh"

template <typename T>
__device__ __forceinline__ void start(const T* __restrict__ bias, T* __restrict__ out, int64_t count, int width) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) out[i] = bias[(uint32_t)i % (uint32_t)width];
}

template <typename T>
__device__ __forceinline__ void simple(const float* product, const T* __restrict__ bias, const T* __restrict__ residual, T* out,
        int64_t count, int width, int with_gelu) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        float y = product[i];
        if (bias) y += to_float(bias[(uint32_t)i % (uint32_t)width]);
        if (with_gelu) y = gelu(y);
        if (residual) y += to_float(residual[i]);
        out[i] = from_float<T>(y);
    }
}

template <typename T>
__device__ __forceinline__ void finish(const float* product, const T* __restrict__ bias, const T* __restrict__ residual, T* out,
        int64_t count, int width, int with_gelu) {
    constexpr int SIZE = Pack<T>::SIZE;
    for (int64_t i = global_thread() * SIZE; i < count; i += global_threads() * SIZE) {
        float y[SIZE];
#pragma unroll
        for (int j = 0; j < SIZE; j += 4) {
            const float4 four = *reinterpret_cast<const float4*>(product + i + j);
            y[j] = four.x;
            y[j + 1] = four.y;
            y[j + 2] = four.z;
            y[j + 3] = four.w;
        }
        Pack<T> pack;
        if (bias) {
            pack.load(bias + (uint32_t)i % (uint32_t)width);
#pragma unroll
            for (int j = 0; j < SIZE; j++) y[j] += pack[j];
        }
        if (with_gelu)
#pragma unroll
            for (int j = 0; j < SIZE; j++) y[j] = gelu(y[j]);
        if (residual) {
            pack.load(residual + i);
#pragma unroll
            for (int j = 0; j < SIZE; j++) y[j] += pack[j];
        }
#pragma unroll
        for (int j = 0; j < SIZE; j += 2) pack.set(j, y[j], y[j + 1]);
        pack.store(out + i);
    }
}

#define EPILOGUE(suffix, T)                                                                                          \
    extern "C" __global__ void epilogue_start##suffix(const T* bias, T* out, int64_t count, int width) {             \
        start(bias, out, count, width);                                                                              \
    }                                                                                                                \
    extern "C" __global__ void simple_epilogue##suffix(const float* product, const T* bias, const T* residual,       \
            T* out, int64_t count, int width, int with_gelu) {                                                       \
        simple(product, bias, residual, out, count, width, with_gelu);                                               \
    }                                                                                                                \
    extern "C" __global__ void epilogue##suffix(const float* product, const T* bias, const T* residual, T* out,      \
            int64_t count, int width, int with_gelu) {                                                               \
        finish(product, bias, residual, out, count, width, with_gelu);                                               \
    }
EPILOGUE(_f32, float)
EPILOGUE(_bf16, bf16)
