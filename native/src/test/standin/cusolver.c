/* Stands in for cuSOLVER: Jacobi's methods and LU in double precision, column-major. */
#include "standin.h"
#include <math.h>

static long live;
long standin_live(void) { return live; }

int cusolverDnCreate(void **handle) { ENTER("cusolverDnCreate"); live++; *handle = malloc(1); return 0; }
int cusolverDnDestroy(void *handle) { ENTER("cusolverDnDestroy"); live--; free(handle); return 0; }
int cusolverDnSetStream(void *handle, void *stream) { (void)handle; ENTER("cusolverDnSetStream"); return stream ? 0 : 3; }
int cusolverGetProperty(int type, int *value) { *value = type == 0 ? 12 : type == 1 ? 3 : 4; return 0; }

/* Eigenvalues ascending in w, vectors as columns of a. */
static void eigen(double *a, int n, double *w) {
  double *v = calloc((size_t)n * n, sizeof *v);
  for (int i = 0; i < n; i++) v[i + (long)i * n] = 1;
  for (int sweep = 0; sweep < 60; sweep++)
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++) {
        double apq = a[p + (long)q * n];
        if (fabs(apq) < 1e-300) continue;
        double angle = 0.5 * atan2(2 * apq, a[q + (long)q * n] - a[p + (long)p * n]);
        double c = cos(angle), s = sin(angle);
        for (int k = 0; k < n; k++) {
          double x = a[k + (long)p * n], y = a[k + (long)q * n];
          a[k + (long)p * n] = c * x - s * y;
          a[k + (long)q * n] = s * x + c * y;
        }
        for (int k = 0; k < n; k++) {
          double x = a[p + (long)k * n], y = a[q + (long)k * n];
          a[p + (long)k * n] = c * x - s * y;
          a[q + (long)k * n] = s * x + c * y;
          double vx = v[k + (long)p * n], vy = v[k + (long)q * n];
          v[k + (long)p * n] = c * vx - s * vy;
          v[k + (long)q * n] = s * vx + c * vy;
        }
      }
  int *order = malloc(n * sizeof *order);
  for (int i = 0; i < n; i++) {
    int j = i;
    for (; j > 0 && a[order[j - 1] * (long)(n + 1)] > a[i * (long)(n + 1)]; j--) order[j] = order[j - 1];
    order[j] = i;
  }
  double *sorted = malloc((size_t)n * n * sizeof *sorted);
  for (int i = 0; i < n; i++) {
    w[i] = a[order[i] * (long)(n + 1)];
    memcpy(sorted + (long)i * n, v + (long)order[i] * n, n * sizeof *v);
  }
  memcpy(a, sorted, (size_t)n * n * sizeof *a);
  free(sorted), free(order), free(v);
}

static double *fetch(const void *a, int n, int columns, int ld, int type) {
  double *copy = malloc((size_t)n * columns * sizeof *copy);
  for (int j = 0; j < columns; j++)
    for (int i = 0; i < n; i++) copy[i + (long)j * n] = load(a, i + (long)j * ld, type);
  return copy;
}
static void put(void *a, const double *from, int n, int columns, int ld, int type) {
  for (int j = 0; j < columns; j++)
    for (int i = 0; i < n; i++) store(a, i + (long)j * ld, type, from[i + (long)j * n]);
}

/* A = U S VT by the eigenvectors of AT A; for full rank, as the tests have it. */
static int svd(int type, int n, void *a, int lda, void *s, void *u, int ldu, void *vt, int ldvt, int *info) {
  double *m = fetch(a, n, n, lda, type), *g = malloc((size_t)n * n * sizeof *g), *w = malloc(n * sizeof *w);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int k = 0; k < n; k++) sum += m[k + (long)i * n] * m[k + (long)j * n];
      g[i + (long)j * n] = sum;
    }
  eigen(g, n, w);
  for (int r = 0; r < n; r++) {
    int from = n - 1 - r;
    double value = sqrt(w[from]);
    store(s, r, type, value);
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int k = 0; k < n; k++) sum += m[i + (long)k * n] * g[k + (long)from * n];
      store(u, i + (long)r * ldu, type, sum / value);
      store(vt, r + (long)i * ldvt, type, g[i + (long)from * n]);
    }
  }
  free(m), free(g), free(w);
  *info = 0;
  return 0;
}

static int factor(int type, int n, void *a, int lda, int *pivots, int *info) {
  double *m = fetch(a, n, n, lda, type);
  *info = 0;
  for (int k = 0; k < n; k++) {
    int best = k;
    for (int i = k; i < n; i++)
      if (fabs(m[i + (long)k * n]) > fabs(m[best + (long)k * n])) best = i;
    pivots[k] = best + 1;
    if (m[best + (long)k * n] == 0) {
      if (!*info) *info = k + 1;
      continue;
    }
    for (int j = 0; j < n; j++) {
      double swap = m[k + (long)j * n];
      m[k + (long)j * n] = m[best + (long)j * n];
      m[best + (long)j * n] = swap;
    }
    for (int i = k + 1; i < n; i++) {
      double l = m[i + (long)k * n] /= m[k + (long)k * n];
      for (int j = k + 1; j < n; j++) m[i + (long)j * n] -= l * m[k + (long)j * n];
    }
  }
  put(a, m, n, n, lda, type);
  free(m);
  return 0;
}

/* With P A = L U: AT x = b by UT y = b, LT z = y, x = PT z; only the transposed form is used. */
static int solve(int type, int transpose, int n, int columns, const void *a, int lda, const int *pivots, void *b, int ldb) {
  if (transpose != 1) return 3;
  double *m = fetch(a, n, n, lda, type), *x = fetch(b, n, columns, ldb, type);
  for (int c = 0; c < columns; c++) {
    double *v = x + (long)c * n;
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) v[i] -= m[k + (long)i * n] * v[k];
      v[i] /= m[i + (long)i * n];
    }
    for (int i = n - 1; i >= 0; i--)
      for (int k = i + 1; k < n; k++) v[i] -= m[k + (long)i * n] * v[k];
    for (int k = n - 1; k >= 0; k--) {
      double swap = v[k];
      v[k] = v[pivots[k] - 1];
      v[pivots[k] - 1] = swap;
    }
  }
  put(b, x, n, columns, ldb, type);
  free(m), free(x);
  return 0;
}

static int symmetric(int type, int jobz, int uplo, int n, void *a, int lda, void *w, int *info) {
  if (jobz != 1 || uplo != 0) return 3;
  double *m = fetch(a, n, n, lda, type), *values = malloc(n * sizeof *values);
  eigen(m, n, values);
  put(a, m, n, n, lda, type);
  put(w, values, n, 1, n, type);
  free(m), free(values);
  *info = 0;
  return 0;
}

#define TYPED(P, T, real)                                                                          \
  int cusolverDn##P##gesvd_bufferSize(void *h, int m, int n, int *size) {                          \
    (void)h;                                                                                       \
    ENTER("cusolverDnGesvd_bufferSize %d %d", m, n);                                               \
    *size = 64;                                                                                    \
    return 0;                                                                                      \
  }                                                                                                \
  int cusolverDn##P##gesvd(void *h, signed char ju, signed char jv, int m, int n, real *a, int lda, \
                           real *s, real *u, int ldu, real *vt, int ldvt, real *work, int size,    \
                           real *rest, int *info) {                                                \
    (void)h;                                                                                       \
    ENTER("cusolverDnGesvd %c %c %d %d %d %td", ju, jv, m, n, size, rest - work);                  \
    return svd(T, n, a, lda, s, u, ldu, vt, ldvt, info);                                           \
  }                                                                                                \
  int cusolverDn##P##syevd_bufferSize(void *h, int jobz, int uplo, int n, const real *a, int lda,  \
                                      const real *w, int *size) {                                  \
    (void)h, (void)jobz, (void)uplo, (void)a, (void)lda, (void)w;                                  \
    ENTER("cusolverDnSyevd_bufferSize %d", n);                                                     \
    *size = 32;                                                                                    \
    return 0;                                                                                      \
  }                                                                                                \
  int cusolverDn##P##syevd(void *h, int jobz, int uplo, int n, real *a, int lda, real *w,          \
                           real *work, int size, int *info) {                                      \
    (void)h, (void)work;                                                                           \
    ENTER("cusolverDnSyevd %d %d", n, size);                                                       \
    return symmetric(T, jobz, uplo, n, a, lda, w, info);                                           \
  }                                                                                                \
  int cusolverDn##P##getrf_bufferSize(void *h, int m, int n, real *a, int lda, int *size) {        \
    (void)h, (void)m, (void)a, (void)lda;                                                          \
    ENTER("cusolverDnGetrf_bufferSize %d", n);                                                     \
    *size = 16;                                                                                    \
    return 0;                                                                                      \
  }                                                                                                \
  int cusolverDn##P##getrf(void *h, int m, int n, real *a, int lda, real *work, int *pivots,       \
                           int *info) {                                                            \
    (void)h, (void)m, (void)work;                                                                  \
    ENTER("cusolverDnGetrf %d", n);                                                                \
    return factor(T, n, a, lda, pivots, info);                                                     \
  }                                                                                                \
  int cusolverDn##P##getrs(void *h, int transpose, int n, int columns, const real *a, int lda,     \
                           const int *pivots, real *b, int ldb, int *info) {                       \
    (void)h, (void)info;                                                                           \
    ENTER("cusolverDnGetrs %d %d", n, columns);                                                    \
    return solve(T, transpose, n, columns, a, lda, pivots, b, ldb);                                \
  }
TYPED(S, 0, float)
TYPED(D, 1, double)
