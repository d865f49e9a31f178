/* Stands in for cuSOLVER on several devices, which is loaded and not used. */
int cusolverMgCreate(void **handle) {
  *handle = 0;
  return 0;
}
