// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011), laid out as on the CPU: element i is word i mod 4 of
// the block with counter (i / 4, call, step low, step high) and key (seed low, seed high). state is the
// device array {seed low, seed high, step low, step high}.
#pragma once
#include <stdint.h>

struct Philox {
    uint32_t seed_low, seed_high, step_low, step_high, call;

    __device__ __forceinline__ Philox(const int* state, int call)
        : seed_low(state[0]), seed_high(state[1]), step_low(state[2]), step_high(state[3]), call(call) {}

    // The words of elements 4 * block ... 4 * block + 3.
    __device__ __forceinline__ uint4 words(uint32_t block) const {
        uint32_t x0 = block, x1 = call, x2 = step_low, x3 = step_high, k0 = seed_low, k1 = seed_high;
#pragma unroll
        for (int round = 0; round < 10; round++) {
            const uint32_t high0 = __umulhi(0xD2511F53u, x0), low0 = 0xD2511F53u * x0;
            const uint32_t high1 = __umulhi(0xCD9E8D57u, x2), low1 = 0xCD9E8D57u * x2;
            x0 = high1 ^ x1 ^ k0;
            x1 = low1;
            x2 = high0 ^ x3 ^ k1;
            x3 = low0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        return make_uint4(x0, x1, x2, x3);
    }

    __device__ __forceinline__ uint32_t word(int64_t element) const {
        const uint4 all = words((uint32_t)(element >> 2));
        const int lane = (int)element & 3;
        const uint32_t even = lane & 2 ? all.z : all.x, odd = lane & 2 ? all.w : all.y;
        return lane & 1 ? odd : even;
    }

    // The words of the pair that an element belongs to, even one first.
    __device__ __forceinline__ uint2 pair(int64_t element) const {
        const uint4 all = words((uint32_t)(element >> 2));
        return element & 2 ? make_uint2(all.z, all.w) : make_uint2(all.x, all.y);
    }
};

// A multiple of 2^-24 in [0, 1).
__device__ __forceinline__ float uniform_of(uint32_t word) { return (float)(word >> 8) * 0x1p-24f; }

// Whether dropout keeps an element: threshold is ceil(rate * 2^24), which makes this uniform >= rate exactly.
__device__ __forceinline__ bool keeps(uint32_t word, uint32_t threshold) { return (word >> 8) >= threshold; }

// Two normal numbers by Box and Muller, the even element's and the odd one's. In fp32, because fp64 is
// slow on most devices: u = (w0 + 1) / 2^32 is kept as 1 - u where u is near 1 and fp32 could not tell it
// from 1.
__device__ __forceinline__ float2 normals_of(uint2 words) {
    const float logarithm = words.x < 0x80000000u ? logf(((float)words.x + 1.0f) * 0x1p-32f)
                                                  : log1pf(-((float)~words.x * 0x1p-32f));
    const float radius = sqrtf(-2.0f * logarithm);
    float sine, cosine;
    sincospif((float)(int)words.y * 0x1p-31f, &sine, &cosine);
    return make_float2(radius * cosine, radius * sine);
}
