// What the flash kernels share: tiles of 64 rows in shared memory, products of them on tensor cores, and
// dropout of a product's elements. A block has four warps, each with 16 rows of the result.
#pragma once
#include "attention/visible.cuh"
#include "common/element.cuh"
#include "common/philox.cuh"
#include "common/warp_ops.cuh"

constexpr int THREADS = 128, ROWS = 64;
constexpr float LOG2_E = 1.4426950408889634f, LN_2 = 0.6931471805599453f;

// A tile of ROWS rows of D elements. 16 bytes of padding spread the eight rows that a matrix load touches over
// all banks, for D = 64 (36 words a row) and D = 80 (44 words).
template <int D> struct Tile {
    static constexpr int STRIDE = D + 8, ELEMENTS = ROWS * STRIDE, CHUNKS = D / 8;

    static __device__ __forceinline__ const bf16* at(const bf16* tile, int row, int chunk) { return tile + row * STRIDE + chunk * 8; }

    // Begins to copy rows first ... first + 63 of a matrix with `rows` rows; rows past the end become zeros.
    static __device__ __forceinline__ void load(bf16* tile, const bf16* matrix, int first, int rows, int64_t row_stride) {
#pragma unroll
        for (int i = 0; i < ROWS * CHUNKS / THREADS; i++) {
            const int id = i * THREADS + threadIdx.x, row = id / CHUNKS, chunk = id - row * CHUNKS;
            const bool present = first + row < rows;
            copy_async(tile + row * STRIDE + chunk * 8, matrix + (present ? first + row : 0) * row_stride + chunk * 8, present);
        }
    }

    // The left operand of a product: 16 rows of a tile, 16 columns from 16 * k.
    static __device__ __forceinline__ void left(uint32_t (&a)[4], const bf16* tile, int row, int k) {
        const int lane = threadIdx.x & 31;
        load_matrices(a, at(tile, row + (lane & 15), k * 2 + (lane >> 4)));
    }

    // c[j] += a b^T for the rows 8 j ... of b, columns from 16 * k; a as from left().
    static __device__ __forceinline__ void multiply_transposed(float (&c)[8][4], const uint32_t (&a)[4], const bf16* tile, int k) {
        const int lane = threadIdx.x & 31;
#pragma unroll
        for (int j = 0; j < 4; j++) {
            uint32_t b[4];
            load_matrices(b, at(tile, j * 16 + (lane & 7) + ((lane >> 4) << 3), k * 2 + ((lane >> 3) & 1)));
            mma_bf16(c[2 * j], a, b[0], b[1]);
            mma_bf16(c[2 * j + 1], a, b[2], b[3]);
        }
    }

    // c[j] += a b for the columns 8 j ... of b, rows from 16 * k.
    static __device__ __forceinline__ void multiply(float (&c)[D / 8][4], const uint32_t (&a)[4], const bf16* tile, int k) {
        const int lane = threadIdx.x & 31;
#pragma unroll
        for (int j = 0; j < D / 16; j++) {
            uint32_t b[4];
            load_matrices_transposed(b, at(tile, k * 16 + (lane & 15), j * 2 + (lane >> 4)));
            mma_bf16(c[2 * j], a, b[0], b[1]);
            mma_bf16(c[2 * j + 1], a, b[2], b[3]);
        }
    }
};

// A result [16, 64] as the left operand of the next product, columns from 16 * k.
__device__ __forceinline__ void as_left(uint32_t (&a)[4], const float (&c)[8][4], int k) {
    a[0] = pack_bf16(c[2 * k][0], c[2 * k][1]);
    a[1] = pack_bf16(c[2 * k][2], c[2 * k][3]);
    a[2] = pack_bf16(c[2 * k + 1][0], c[2 * k + 1][1]);
    a[3] = pack_bf16(c[2 * k + 1][2], c[2 * k + 1][3]);
}

// Two rows of a result [16, D], scaled, to rows first and first + 8 of a matrix, as far as they exist.
template <int D>
__device__ __forceinline__ void store(bf16* matrix, const float (&c)[D / 8][4], int first, int rows, int64_t row_stride, float scale0, float scale1) {
    const int column = (threadIdx.x & 3) * 2;
#pragma unroll
    for (int h = 0; h < 2; h++) {
        const int row = first + h * 8;
        const float scale = h ? scale1 : scale0;
        if (row < rows) {
#pragma unroll
            for (int j = 0; j < D / 8; j++)
                *(uint32_t*)(matrix + row * row_stride + j * 8 + column) = pack_bf16(c[j][2 * h] * scale, c[j][2 * h + 1] * scale);
        }
    }
}

// Which of a thread's elements of a product dropout keeps. The number of (query, key) has index
// row(query) * keys + key, and keys is a multiple of 4, so that four neighbouring keys share one Philox block:
// lanes with elements of the same blocks each make one and exchange the bits.
struct Dropout {
    Philox philox;
    uint32_t threshold;
    int64_t first;
    int keys;

    // Elements are rows of queries; first is the index of the head's element (0, 0).
    __device__ __forceinline__ Dropout(const int* state, int call, int threshold, int64_t first, int keys)
        : philox(state, call), threshold(threshold), first(first), keys(keys) {}

    __device__ __forceinline__ uint32_t bits(int query, int key) const {
        const uint4 w = philox.words((uint32_t)((first + (int64_t)query * keys + key) >> 2));
        return (keeps(w.x, threshold) ? 1u : 0u) | (keeps(w.y, threshold) ? 2u : 0u) | (keeps(w.z, threshold) ? 4u : 0u)
            | (keeps(w.w, threshold) ? 8u : 0u);
    }

    // For a product [queries, keys]: bit e tells about element e of the fragment whose first row is `query` and
    // whose columns begin at key. Even lanes make the block of the first row, odd ones of the row 8 below.
    __device__ __forceinline__ uint32_t of_queries(int query, int key) const {
        const int lane = threadIdx.x & 31;
        const uint32_t mine = bits(query + (lane & 1) * 8, key + (lane & 2) * 2);
        const uint32_t other = __shfl_xor_sync(0xffffffffu, mine, 1);
        return lane & 1 ? (other >> 2) | (mine & 12u) : (mine & 3u) | ((other & 3u) << 2);
    }

    // For a product [keys, queries]: `key` is the fragment's first row, a multiple of 8, and columns begin at query.
    // Of the four lanes with the same four keys and the same columns, lane b makes block b = 2 * (row + 8) + (column + 1).
    __device__ __forceinline__ uint32_t of_keys(int query, int key) const {
        const int lane = threadIdx.x & 31, b = (lane >> 2) & 3;
        uint32_t all = bits(query + (lane & 3) * 2 + (b & 1), key + ((lane >> 4) << 2) + (b >> 1) * 8) << (4 * b);
        all |= __shfl_xor_sync(0xffffffffu, all, 4);
        all |= __shfl_xor_sync(0xffffffffu, all, 8);
        all >>= b;
        return (all & 1u) | ((all >> 3) & 2u) | ((all >> 6) & 4u) | ((all >> 9) & 8u);
    }
};
