// A row in the registers of one warp: pack i of lane l has the elements from (32 i + l) SIZE on. Rows
// start at multiples of 16 bytes and are whole packs.
#pragma once
#include "common/pack.cuh"

template <typename T, int MOST_WIDTH> struct Row {
    static constexpr int SIZE = Pack<T>::SIZE, PACKS = MOST_WIDTH / (32 * SIZE);
    static_assert(PACKS * 32 * SIZE == MOST_WIDTH, "whole packs in every lane");

    Pack<T> packs[PACKS];

    static __device__ __forceinline__ int column(int i) { return (32 * i + (int)(threadIdx.x & 31)) * SIZE; }

    __device__ __forceinline__ void load(const T* __restrict__ row, int width) {
#pragma unroll
        for (int i = 0; i < PACKS; i++)
            if (column(i) < width) packs[i].load(row + column(i));
    }

    // f(element) for every element that this lane has.
    template <typename F> __device__ __forceinline__ void each(int width, F f) const {
#pragma unroll
        for (int i = 0; i < PACKS; i++)
            if (column(i) < width)
#pragma unroll
                for (int j = 0; j < SIZE; j++) f(packs[i][j]);
    }
};
