// The three normalisations differ in what is subtracted and in the row of factors that serves a token:
//   y = (x - mean) * rsqrt(mean of squares + epsilon) * factor + shift
// RMS: mean is 0, factor is weight. LAYER: factor is weight. MODULATE: RMS with factor = 1 + scale, and
// row r reads row r / rows_per_group of scale and shift. Without a weight the factor is 1.
// Backward, with n the normalised row and d = gradient * factor:
//   dx = rsqrt(...) * (d - mean(d) - n * mean(d * n)), mean(d) for LAYER only,
//   dfactor = sum of gradient * n, dshift = sum of gradient.
#pragma once
#include "common/row.cuh"
#include "common/reduce.cuh"

enum Kind { RMS, LAYER, MODULATE };

template <Kind KIND> __device__ __forceinline__ float factor_of(float stored) { return KIND == MODULATE ? 1.0f + stored : stored; }

// Mean (0 unless LAYER) and rsqrt(mean of squares + epsilon) of a row; every lane returns them.
template <Kind KIND, typename T, int MOST_WIDTH>
__device__ __forceinline__ float2 statistics(const Row<T, MOST_WIDTH>& row, int width, float epsilon) {
    float mean = 0;
    if (KIND == LAYER) {
        float sum = 0;
        row.each(width, [&](float x) { sum += x; });
        mean = warp_reduce(sum, Add()) / width;
    }
    float squares = 0;
    row.each(width, [&](float x) { squares = fmaf(x - mean, x - mean, squares); });
    return make_float2(mean, rsqrtf(warp_reduce(squares, Add()) / width + epsilon));
}
