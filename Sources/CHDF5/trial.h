// A first reading of a file in a process of its own.
//
// On forged files libhdf5 may crash, or never come back. So a child process reads all that a reader
// may ask for; if it ends as it should, the same calls are safe here. This is C because after a fork
// only what takes no lock of another thread may run: no Swift.
#pragma once
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Reads an attribute as a reader would.
static inline herr_t chdf5_try_attribute(hid_t object, const char *name, const H5A_info_t *info,
                                         void *limit) {
  (void)info;
  hid_t attribute = H5Aopen(object, name, 0);
  if (attribute < 0) return -1;
  hid_t type = H5Aget_type(attribute);
  hid_t space = H5Aget_space(attribute);
  hssize_t count = H5Sget_simple_extent_npoints(space);
  size_t size = H5Tget_size(type);
  size_t bytes;
  if (count > 0 && !__builtin_mul_overflow((size_t)count, size, &bytes) &&
      bytes <= *(size_t *)limit) {
    void *values = calloc(1, bytes);
    if (values && H5Aread(attribute, type, values) >= 0)
      H5Dvlen_reclaim(type, space, 0, values);
    free(values);
  }
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return 0;
}

// Reads a data set that is not in one piece; of one that is, there is nothing to go wrong.
static inline void chdf5_try_dataset(hid_t dataset) {
  hid_t type = H5Dget_type(dataset);
  hid_t space = H5Dget_space(dataset);
  hid_t creation = H5Dget_create_plist(dataset);
  H5Dget_storage_size(dataset);
  H5Dget_offset(dataset);
  hssize_t count = H5Sget_simple_extent_npoints(space);
  size_t bytes;
  if (creation >= 0 && H5Pget_layout(creation) != H5D_CONTIGUOUS && count > 0 &&
      !__builtin_mul_overflow((size_t)count, H5Tget_size(type), &bytes)) {
    void *values = malloc(bytes);  // what is too much for the limit fails
    if (values && H5Dread(dataset, type, H5S_ALL, H5S_ALL, 0, values) >= 0)
      H5Dvlen_reclaim(type, space, 0, values);
    free(values);
  }
  H5Pclose(creation);
  H5Sclose(space);
  H5Tclose(type);
}

static inline herr_t chdf5_try_object(hid_t object, size_t limit) {
  if (H5Iget_type(object) == H5I_DATASET) chdf5_try_dataset(object);
  return H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, chdf5_try_attribute, &limit);
}

static inline herr_t chdf5_try_link(hid_t group, const char *name, const H5L_info_t *info,
                                    void *limit) {
  if (info->type != H5L_TYPE_HARD) return 0;
  hid_t object = H5Oopen(group, name, 0);
  if (object < 0) return -1;
  herr_t status = chdf5_try_object(object, *(size_t *)limit);
  H5Oclose(object);
  return status;
}

// Limits memory to what the process has now and some more.
static inline void chdf5_limit_memory(size_t more) {
  unsigned long pages = 0;
  FILE *statm = fopen("/proc/self/statm", "r");
  if (!statm) return;
  if (fscanf(statm, "%lu", &pages) == 1) {
    rlim_t bytes = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + more;
    setrlimit(RLIMIT_AS, &(struct rlimit){bytes, bytes});
  }
  fclose(statm);
}

// Reads all of a file in a child process: the part of `byte_count` bytes from `offset` on, or the
// whole if `is_part` is 0.
//
// Returns 0 if the child could read all objects, or not even open the file; the number of the signal
// that ended it; CHDF5_REFUSED if libhdf5 refused an object; CHDF5_NO_TRIAL if there was no child to
// be had.
#define CHDF5_REFUSED (-1)
#define CHDF5_NO_TRIAL (-2)
static inline int chdf5_try_file(const char *path, off_t offset, size_t byte_count, int is_part,
                                 unsigned seconds) {
  pid_t child = fork();
  if (child < 0) return CHDF5_NO_TRIAL;
  if (child == 0) {
    const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
    sigset_t none;
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    chdf5_limit_memory(((size_t)1 << 31) + 8 * byte_count);
    // What libc and libhdf5 say on the way down is of no use to anybody.
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) dup2(nowhere, 2);
    alarm(seconds);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    struct chdf5_image image;
    hid_t file = -1;
    if (!is_part)
      file = H5Fopen(path, H5F_ACC_RDONLY, 0);
    else if (chdf5_map_image(path, offset, byte_count, &image) == 0)
      file = chdf5_open_image(&image, byte_count);
    if (file < 0) {
      H5close();  // what libhdf5 does when a process ends
      _exit(0);
    }
    int refused =
        chdf5_try_object(file, byte_count) < 0 ||
        H5Lvisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, chdf5_try_link, &byte_count) < 0;
    H5Fclose(file);
    H5close();
    _exit(refused);
  }
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return CHDF5_NO_TRIAL;
  if (WIFSIGNALED(status)) return WTERMSIG(status);
  return WEXITSTATUS(status) == 0 ? 0 : CHDF5_REFUSED;
}
