// 16 bytes of consecutive elements, read and written at once. Addresses must be multiples of 16.
#pragma once
#include "common/element.cuh"

template <typename T> struct Pack {
    static constexpr int SIZE = 16 / (int)sizeof(T);

    uint32_t words[4];

    __device__ __forceinline__ void load(const T* __restrict__ from) {
        const uint4 all = *reinterpret_cast<const uint4*>(from);
        words[0] = all.x;
        words[1] = all.y;
        words[2] = all.z;
        words[3] = all.w;
    }

    __device__ __forceinline__ void store(T* to) const {
        *reinterpret_cast<uint4*>(to) = make_uint4(words[0], words[1], words[2], words[3]);
    }

    __device__ __forceinline__ float operator[](int i) const {
        if constexpr (sizeof(T) == 4) return __uint_as_float(words[i]);
        else return __uint_as_float(i & 1 ? words[i >> 1] & 0xffff0000u : words[i >> 1] << 16);
    }

    // Elements i and i + 1; i is even.
    __device__ __forceinline__ void set(int i, float even, float odd) {
        if constexpr (sizeof(T) == 4) {
            words[i] = __float_as_uint(even);
            words[i + 1] = __float_as_uint(odd);
        } else {
            words[i >> 1] = (uint32_t)__bfloat16_as_ushort(__float2bfloat16_rn(even))
                    | (uint32_t)__bfloat16_as_ushort(__float2bfloat16_rn(odd)) << 16;
        }
    }
};
