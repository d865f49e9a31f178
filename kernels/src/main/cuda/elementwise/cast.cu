// Conversions between element types: to floating types rounded to nearest even, to integers truncated
// (beyond the range of 32 bits to its ends, of bytes to the low bits, NaN to 0).
#include "common/pack.cuh"

template <typename To, typename From> __device__ __forceinline__ To convert(From x);
template <> __device__ __forceinline__ float convert(bf16 x) { return to_float(x); }
template <> __device__ __forceinline__ float convert(int x) { return (float)x; }
template <> __device__ __forceinline__ float convert(uint8_t x) { return (float)x; }
template <> __device__ __forceinline__ float convert(double x) { return (float)x; }
template <> __device__ __forceinline__ bf16 convert(float x) { return from_float<bf16>(x); }
template <> __device__ __forceinline__ bf16 convert(uint8_t x) { return from_float<bf16>((float)x); }

// To single precision with the last bit set if anything was lost, so that the second rounding cannot
// fall on a tie that the first one made.
__device__ __forceinline__ float to_odd(double x) {
    const float near = __double2float_rz(x);
    return (double)near == x || !(fabs(x) < INFINITY) ? near : __uint_as_float(__float_as_uint(near) | 1u);
}
template <> __device__ __forceinline__ bf16 convert(double x) { return from_float<bf16>(to_odd(x)); }
template <> __device__ __forceinline__ bf16 convert(int x) { return from_float<bf16>(to_odd((double)x)); }
template <> __device__ __forceinline__ int convert(float x) { return x != x ? 0 : (int)x; }
template <> __device__ __forceinline__ int convert(bf16 x) { return convert<int>(to_float(x)); }
template <> __device__ __forceinline__ int convert(uint8_t x) { return x; }
template <> __device__ __forceinline__ int convert(double x) { return x != x ? 0 : (int)x; }
template <> __device__ __forceinline__ uint8_t convert(float x) { return (uint8_t)convert<int>(x); }
template <> __device__ __forceinline__ uint8_t convert(bf16 x) { return (uint8_t)convert<int>(to_float(x)); }
template <> __device__ __forceinline__ uint8_t convert(int x) { return (uint8_t)x; }
template <> __device__ __forceinline__ uint8_t convert(double x) { return (uint8_t)convert<int>(x); }
template <> __device__ __forceinline__ double convert(float x) { return x; }
template <> __device__ __forceinline__ double convert(bf16 x) { return to_float(x); }
template <> __device__ __forceinline__ double convert(int x) { return x; }
template <> __device__ __forceinline__ double convert(uint8_t x) { return x; }

#define KERNEL(FROM, F, TO, T)                                                                        \
    extern "C" __global__ void cast_##F##_##T(const FROM* x, TO* y, int64_t count) {                   \
        for (int64_t i = global_thread(); i < count; i += global_threads()) y[i] = convert<TO>(x[i]); \
    }
KERNEL(bf16, bf16, float, f32) KERNEL(int, i32, float, f32) KERNEL(uint8_t, u8, float, f32) KERNEL(double, f64, float, f32)
KERNEL(float, f32, bf16, bf16) KERNEL(int, i32, bf16, bf16) KERNEL(uint8_t, u8, bf16, bf16) KERNEL(double, f64, bf16, bf16)
KERNEL(float, f32, int, i32) KERNEL(bf16, bf16, int, i32) KERNEL(uint8_t, u8, int, i32) KERNEL(double, f64, int, i32)
KERNEL(float, f32, uint8_t, u8) KERNEL(bf16, bf16, uint8_t, u8) KERNEL(int, i32, uint8_t, u8) KERNEL(double, f64, uint8_t, u8)
KERNEL(float, f32, double, f64) KERNEL(bf16, bf16, double, f64) KERNEL(int, i32, double, f64) KERNEL(uint8_t, u8, double, f64)

// Between F32 and BF16, 8 elements a thread: one pack on the narrow side, two on the wide one.
extern "C" __global__ void cast_fast_f32_bf16(const float* x, bf16* y, int64_t packs) {
    for (int64_t i = global_thread(); i < packs; i += global_threads()) {
        Pack<float> low, high;
        Pack<bf16> both;
        low.load(x + 8 * i);
        high.load(x + 8 * i + 4);
#pragma unroll
        for (int j = 0; j < 4; j += 2) {
            both.set(j, low[j], low[j + 1]);
            both.set(j + 4, high[j], high[j + 1]);
        }
        both.store(y + 8 * i);
    }
}
extern "C" __global__ void cast_fast_bf16_f32(const bf16* x, float* y, int64_t packs) {
    for (int64_t i = global_thread(); i < packs; i += global_threads()) {
        Pack<bf16> both;
        Pack<float> low, high;
        both.load(x + 8 * i);
#pragma unroll
        for (int j = 0; j < 4; j += 2) {
            low.set(j, both[j], both[j + 1]);
            high.set(j, both[j + 4], both[j + 5]);
        }
        low.store(y + 8 * i);
        high.store(y + 8 * i + 4);
    }
}
