/* Preloaded: adds SLOW_FSYNC_MS to every fsync and fdatasync, before the real one. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_first(void) {
  const char *ms = getenv("SLOW_FSYNC_MS");
  long wait = ms ? atol(ms) : 0;
  struct timespec t = {wait / 1000, (wait % 1000) * 1000000L};
  if (wait > 0) nanosleep(&t, NULL);
}
int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_first();
  return real(fd);
}
int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_first();
  return real(fd);
}
