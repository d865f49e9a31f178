// A 64 x 64 tile of a product in fp32 by a block of 256 threads: each has four rows by four columns.
#pragma once

constexpr int THREADS = 256, EDGE = 64, DEPTH = 16;

struct Product {
    // 16-byte aligned rows whose padding spreads the columns that a warp writes over the banks.
    float left[DEPTH][EDGE + 4];
    float right[DEPTH][EDGE + 4];
};

// sum[i][j] += left(row, k) * right(k, column) over k < inner for the rows 4 * (thread / 16) + i and the columns
// 4 * (thread mod 16) + j of the tile; both functions are asked for every place of the tile and give 0 outside.
template <typename Left, typename Right>
__device__ __forceinline__ void multiply(Product& shared, float (&sum)[4][4], int inner, Left left, Right right) {
    const int row = threadIdx.x / 16 * 4, column = threadIdx.x % 16 * 4;
    for (int from = 0; from < inner; from += DEPTH) {
#pragma unroll
        for (int i = 0; i < EDGE * DEPTH / THREADS; i++) {
            const int id = i * THREADS + threadIdx.x, l = id % DEPTH, r = id / EDGE;
            shared.left[l][id / DEPTH] = from + l < inner ? left(id / DEPTH, from + l) : 0.0f;
            shared.right[r][id % EDGE] = from + r < inner ? right(from + r, id % EDGE) : 0.0f;
        }
        __syncthreads();
#pragma unroll
        for (int k = 0; k < DEPTH; k++) {
            const float4 a = *(const float4*)&shared.left[k][row], b = *(const float4*)&shared.right[k][column];
            const float x[4] = {a.x, a.y, a.z, a.w}, y[4] = {b.x, b.y, b.z, b.w};
#pragma unroll
            for (int i = 0; i < 4; i++)
#pragma unroll
                for (int j = 0; j < 4; j++) sum[i][j] = fmaf(x[i], y[j], sum[i][j]);
        }
        __syncthreads();
    }
}
