// The standard normal distribution, and the exact GELU x * Phi(x) made of it.
#pragma once

// erfc keeps its relative accuracy far in the left tail, where 1 + erf would cancel.
__device__ __forceinline__ float cumulative(float x) { return 0.5f * erfcf(-x * 0.70710678f); }
__device__ __forceinline__ float density(float x) { return 0.39894228f * expf(-0.5f * x * x); }
__device__ __forceinline__ float gelu(float x) { return x * cumulative(x); }
