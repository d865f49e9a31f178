// The mask of attention. The queries are the last of the keys; a query sees the keys of its own and of
// earlier cells, which are the first ones, or all keys when there are no cells.
#pragma once

struct Mask {
    int queries, keys, cell_tokens;

    // Number of keys that a query sees.
    __device__ __forceinline__ int visible(int query) const {
        return cell_tokens == 0 ? keys : min(keys, ((keys - queries + query) / cell_tokens + 1) * cell_tokens);
    }

    // The first query that sees a key; all later ones see it too.
    __device__ __forceinline__ int first_query(int key) const {
        return cell_tokens == 0 ? 0 : max(0, key / cell_tokens * cell_tokens - (keys - queries));
    }
};
