// Functions of two variables, by name.
#pragma once

struct Add { static __device__ __forceinline__ float apply(float x, float y) { return x + y; } };
struct Sub { static __device__ __forceinline__ float apply(float x, float y) { return x - y; } };
struct Mul { static __device__ __forceinline__ float apply(float x, float y) { return x * y; } };
struct Div { static __device__ __forceinline__ float apply(float x, float y) { return x / y; } };
struct Max { static __device__ __forceinline__ float apply(float x, float y) { return x != x ? x : y != y ? y : fmaxf(x, y); } };
struct Min { static __device__ __forceinline__ float apply(float x, float y) { return x != x ? x : y != y ? y : fminf(x, y); } };

// KERNELS(name, functor, element type, suffix) for all of them.
#define ALL_FUNCTIONS(KERNELS)                                                                     \
    BOTH(KERNELS, add, Add) BOTH(KERNELS, sub, Sub) BOTH(KERNELS, mul, Mul) BOTH(KERNELS, div, Div) \
    BOTH(KERNELS, max, Max) BOTH(KERNELS, min, Min)
#define BOTH(KERNELS, NAME, F) KERNELS(NAME, F, float, f32) KERNELS(NAME, F, bf16, bf16)
