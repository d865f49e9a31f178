// Copies between layouts, by element size: strided to dense, transposed to dense through a tile, and
// strips of rows, of which joining, cutting and padding along an axis are made. What is moved has no
// type: launchers take 16 bytes for an element wherever neighbours stay together.
#include "common/element.cuh"

#define EIGHT(NAME)                                                                                                    \
    int NAME##0, int NAME##1, int NAME##2, int NAME##3, int NAME##4, int NAME##5, int NAME##6, int NAME##7
#define EIGHT_OF(NAME) NAME##0, NAME##1, NAME##2, NAME##3, NAME##4, NAME##5, NAME##6, NAME##7

// y dense of extents d, x with strides s.
template <typename T> __device__ __forceinline__ void strided(const T* x, T* y, int64_t count, EIGHT(d), EIGHT(s)) {
    const int extents[8] = {EIGHT_OF(d)}, strides[8] = {EIGHT_OF(s)};
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        int64_t rest = i, from = 0;
#pragma unroll
        for (int axis = 7; axis >= 0; axis--) {
            if (extents[axis] == 1) continue;
            const int64_t next = rest / extents[axis];
            from += (rest - next * extents[axis]) * strides[axis];
            rest = next;
        }
        y[i] = x[from];
    }
}

// y[b, r, c] = x[b, c, r]: y [rows, columns] dense per matrix. 32 x 8 threads move a tile of 32 x 32; the
// odd row length keeps the columns of the tile in different banks.
template <typename T> __device__ __forceinline__ void transpose(const T* x, T* y, int rows, int columns) {
    __shared__ T tile[32][33];
    const int64_t matrix = (int64_t)blockIdx.z * rows * columns;
    const int row0 = blockIdx.y * 32, column0 = blockIdx.x * 32;
    for (int j = threadIdx.y; j < 32; j += 8)
        if (column0 + j < columns && row0 + threadIdx.x < rows)
            tile[j][threadIdx.x] = x[matrix + (int64_t)(column0 + j) * rows + row0 + threadIdx.x];
    __syncthreads();
    for (int j = threadIdx.y; j < 32; j += 8)
        if (row0 + j < rows && column0 + threadIdx.x < columns)
            y[matrix + (int64_t)(row0 + j) * columns + column0 + threadIdx.x] = tile[threadIdx.x][j];
}

// The first width elements behind x of every row of x_row elements go behind y of every row of y_row.
template <typename T>
__device__ __forceinline__ void strips(const T* x, T* y, int64_t count, int64_t width, int64_t x_row, int64_t y_row) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        const int64_t row = i / width, column = i - row * width;
        y[row * y_row + column] = x[row * x_row + column];
    }
}

#define COPIES(T, SIZE)                                                                                                \
    extern "C" __global__ void strided_##SIZE(const T* x, T* y, int64_t count, EIGHT(d), EIGHT(s)) {                        \
        strided(x, y, count, EIGHT_OF(d), EIGHT_OF(s));                                                                \
    }                                                                                                                  \
    extern "C" __global__ void strips_##SIZE(const T* x, T* y, int64_t count, int64_t width, int64_t x_row,             \
                                             int64_t y_row) {                                                          \
        strips(x, y, count, width, x_row, y_row);                                                                      \
    }
COPIES(uint8_t, 1) COPIES(uint16_t, 2) COPIES(uint32_t, 4) COPIES(uint64_t, 8) COPIES(uint4, 16)

#define TRANSPOSE(T, SIZE)                                                                                             \
    extern "C" __global__ void __launch_bounds__(256) transpose_##SIZE(const T* x, T* y, int rows, int columns) {       \
        transpose(x, y, rows, columns);                                                                                \
    }
TRANSPOSE(uint8_t, 1) TRANSPOSE(uint16_t, 2) TRANSPOSE(uint32_t, 4) TRANSPOSE(uint64_t, 8)
