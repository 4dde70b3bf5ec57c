/*
 * How does a daemon see a wall clock that jumps, and a disk that is slow? Preloaded into it, this library adds to the wall
 * clock what a file says, and waits so long before it makes a file durable. The file holds two numbers of 64 bits:
 * nanoseconds to add, milliseconds to wait. The monotonic clock stays as it is, as it does when somebody sets the clock.
 * Other programs that inherit the library are let alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *said;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

__attribute__((constructor)) static void begin(void) {
  char program[4096];
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  const char *path = getenv("CHAOS_CLOCK");
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  if (path == NULL || length < 5) return;
  program[length] = 0;
  if (strcmp(program + length - 5, "/deno") != 0) return;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void *page = mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0);
  if (page != MAP_FAILED) said = page;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  int result = real_clock_gettime(clock, at);
  if (result == 0 && said != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    int64_t all = (int64_t)at->tv_sec * 1000000000 + at->tv_nsec + said[0];
    at->tv_sec = all / 1000000000;
    at->tv_nsec = all % 1000000000;
  }
  return result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  struct timespec now;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != NULL) *at = now.tv_sec;
  return now.tv_sec;
}

static void wait_for_disk(void) {
  if (said == NULL || said[1] == 0) return;
  struct timespec rest = {said[1] / 1000, said[1] % 1000 * 1000000};
  nanosleep(&rest, NULL);
}

int fsync(int file) {
  wait_for_disk();
  return real_fsync(file);
}

int fdatasync(int file) {
  wait_for_disk();
  return real_fdatasync(file);
}
