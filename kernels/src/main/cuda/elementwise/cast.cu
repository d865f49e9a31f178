// Conversions between element types: to floating types rounded to nearest even, to integers truncated
// (beyond the range of 32 bits to its ends, of bytes to the low bits, NaN to 0).
#include "common/element.cuh"

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
