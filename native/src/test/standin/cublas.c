/* Stands in for cuBLAS: computes, in its column-major way. */
#include "standin.h"

typedef struct { void *stream, *workspace; size_t bytes; } Handle;

static long live;
long standin_live(void) { return live; }

int cublasCreate_v2(Handle **handle) {
  ENTER("cublasCreate");
  *handle = calloc(1, sizeof **handle);
  live++;
  return 0;
}
int cublasDestroy_v2(Handle *handle) { ENTER("cublasDestroy"); live--; free(handle); return 0; }
int cublasGetProperty(int type, int *value) { *value = type == 0 ? 13 : type == 1 ? 7 : 5; return 0; }
const char *cublasGetStatusString(int status) { (void)status; return "said by cuBLAS"; }
int cublasSetStream_v2(Handle *handle, void *stream) {
  ENTER("cublasSetStream");
  handle->stream = stream;
  handle->workspace = NULL;
  return 0;
}
int cublasSetWorkspace_v2(Handle *handle, void *workspace, size_t bytes) {
  ENTER("cublasSetWorkspace %zu", bytes);
  handle->workspace = workspace;
  handle->bytes = bytes;
  return 0;
}

static double scalar(const void *at, int type) { return type == 1 ? *(double *)at : *(float *)at; }

static int multiply(Handle *handle, int ta, int tb, int m, int n, int k, const void *alpha,
                    const void *a, int at, int lda, long sa, const void *b, int bt, int ldb, long sb,
                    const void *beta, void *c, int ct, int ldc, long sc, int batch, int compute) {
  if (!handle->stream || !handle->workspace) return 13;
  double factor = scalar(alpha, compute == 70), old = scalar(beta, compute == 70);
  for (int q = 0; q < batch; q++)
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++)
          sum += load(a, q * sa + (ta ? l + (long)i * lda : i + (long)l * lda), at) *
                 load(b, q * sb + (tb ? j + (long)l * ldb : l + (long)j * ldb), bt);
        long at_c = q * sc + i + (long)j * ldc;
        store(c, at_c, ct, factor * sum + (old == 0 ? 0 : old * load(c, at_c, ct)));
      }
  return 0;
}

int cublasGemmEx(Handle *handle, int ta, int tb, int m, int n, int k, const void *alpha,
                 const void *a, int at, int lda, const void *b, int bt, int ldb, const void *beta,
                 void *c, int ct, int ldc, int compute, int algorithm) {
  ENTER("cublasGemmEx %d %d %d %d %d, %.2f %d %d, %d %d, %.2f %d %d, %d %d", ta, tb, m, n, k,
        scalar(alpha, compute == 70), at, lda, bt, ldb, scalar(beta, compute == 70), ct, ldc, compute,
        algorithm);
  return multiply(handle, ta, tb, m, n, k, alpha, a, at, lda, 0, b, bt, ldb, 0, beta, c, ct, ldc, 0, 1,
                  compute);
}
int cublasGemmStridedBatchedEx(Handle *handle, int ta, int tb, int m, int n, int k,
                               const void *alpha, const void *a, int at, int lda, long long sa,
                               const void *b, int bt, int ldb, long long sb, const void *beta, void *c,
                               int ct, int ldc, long long sc, int batch, int compute, int algorithm) {
  ENTER("cublasGemmStridedBatchedEx %d %d %d %d %d, %.2f %d %d %lld, %d %d %lld, %.2f %d %d %lld, %d %d %d",
        ta, tb, m, n, k, scalar(alpha, compute == 70), at, lda, sa, bt, ldb, sb,
        scalar(beta, compute == 70), ct, ldc, sc, batch, compute, algorithm);
  return multiply(handle, ta, tb, m, n, k, alpha, a, at, lda, sa, b, bt, ldb, sb, beta, c, ct, ldc, sc,
                  batch, compute);
}

static int add(int type, int ta, int tb, int m, int n, const void *alpha, const void *a, int lda,
               const void *beta, const void *b, int ldb, void *c, int ldc) {
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double value = scalar(alpha, type) * load(a, ta ? j + (long)i * lda : i + (long)j * lda, type);
      if (scalar(beta, type) != 0)
        value += scalar(beta, type) * load(b, tb ? j + (long)i * ldb : i + (long)j * ldb, type);
      store(c, i + (long)j * ldc, type, value);
    }
  return 0;
}
int cublasSgeam(Handle *handle, int ta, int tb, int m, int n, const void *alpha, const void *a, int lda,
                const void *beta, const void *b, int ldb, void *c, int ldc) {
  (void)handle;
  ENTER("cublasSgeam");
  return add(0, ta, tb, m, n, alpha, a, lda, beta, b, ldb, c, ldc);
}
int cublasDgeam(Handle *handle, int ta, int tb, int m, int n, const void *alpha, const void *a, int lda,
                const void *beta, const void *b, int ldb, void *c, int ldc) {
  (void)handle;
  ENTER("cublasDgeam");
  return add(1, ta, tb, m, n, alpha, a, lda, beta, b, ldb, c, ldc);
}
