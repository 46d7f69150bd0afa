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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// What a trial knows of the file.
struct chdf5_trial {
  size_t byte_count;
  haddr_t *groups;  // where the groups are that were met so far
  size_t group_count;
  int has_circle;   // whether a group was met again
};

// Limits memory to what the process has now and some more.
static inline void chdf5_limit_memory(size_t more) {
  struct rlimit limit;
  unsigned long pages = 0;
  FILE *statm = fopen("/proc/self/statm", "r");
  if (!statm) return;
  if (fscanf(statm, "%lu", &pages) == 1 && getrlimit(RLIMIT_AS, &limit) == 0) {
    rlim_t bytes = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + more;
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    setrlimit(RLIMIT_AS, &limit);
  }
  fclose(statm);
}

// What describes the arrays is no larger than the file; libhdf5 has buffers beside it.
static inline size_t chdf5_description_limit(const struct chdf5_trial *trial) {
  return ((size_t)24 << 20) + 2 * trial->byte_count;
}

// Reads an attribute as a reader would. One that is larger than the file no reader reads.
static inline herr_t chdf5_try_attribute(hid_t object, const char *name, const H5A_info_t *info,
                                         void *trial) {
  (void)info;
  hid_t attribute = H5Aopen(object, name, 0);
  if (attribute < 0) return -1;
  hid_t type = H5Aget_type(attribute);
  hid_t space = H5Aget_space(attribute);
  hssize_t count = H5Sget_simple_extent_npoints(space);
  size_t size = H5Tget_size(type);
  size_t bytes;
  herr_t status = 0;
  if (count > 0 && !__builtin_mul_overflow((size_t)count, size, &bytes) &&
      bytes <= ((struct chdf5_trial *)trial)->byte_count) {
    void *values = calloc(1, bytes);
    status = values ? H5Aread(attribute, type, values) : -1;
    if (status >= 0) H5Dvlen_reclaim(type, space, 0, values);
    free(values);
  }
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return status;
}

// Reads a data set that is not in one piece; of one that is, there is nothing to go wrong.
static inline void chdf5_try_dataset(hid_t dataset, const struct chdf5_trial *trial) {
  hid_t type = H5Dget_type(dataset);
  hid_t space = H5Dget_space(dataset);
  hid_t creation = H5Dget_create_plist(dataset);
  hsize_t stored = H5Dget_storage_size(dataset);
  H5Dget_offset(dataset);
  hssize_t count = H5Sget_simple_extent_npoints(space);
  size_t bytes;
  // More than gzip can have packed into as much is for no reader either.
  if (creation >= 0 && H5Pget_layout(creation) != H5D_CONTIGUOUS && count > 0 &&
      !__builtin_mul_overflow((size_t)count, H5Tget_size(type), &bytes) &&
      stored <= trial->byte_count &&
      bytes <= (H5Pget_nfilters(creation) > 0 ? 1100 : 1) * stored) {
    // The array, and of a block what is packed, what is unpacked, and that again while it grows. A length
    // beyond that is forged, and fails.
    chdf5_limit_memory(chdf5_description_limit(trial) + 4 * bytes);
    void *values = malloc(bytes);
    if (values && H5Dread(dataset, type, H5S_ALL, H5S_ALL, 0, values) >= 0)
      H5Dvlen_reclaim(type, space, 0, values);
    free(values);
    chdf5_limit_memory(chdf5_description_limit(trial));
  }
  H5Pclose(creation);
  H5Sclose(space);
  H5Tclose(type);
}

// Where an object is.
static inline haddr_t chdf5_address(hid_t object) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info;
  return H5Oget_info1(object, &info) < 0 ? HADDR_UNDEF : info.addr;
#else
  H5O_info_t info;
  return H5Oget_info(object, &info) < 0 ? HADDR_UNDEF : info.addr;
#endif
}

// Notes a group; a negative number if it was met before: groups in a circle have no end.
static inline herr_t chdf5_note_group(hid_t group, struct chdf5_trial *trial) {
  haddr_t address = chdf5_address(group);
  for (size_t i = 0; i < trial->group_count; i++)
    if (trial->groups[i] == address) {
      trial->has_circle = 1;
      return -1;
    }
  haddr_t *groups = realloc(trial->groups, (trial->group_count + 1) * sizeof *groups);
  if (!groups) return -1;
  trial->groups = groups;
  groups[trial->group_count++] = address;
  return 0;
}

static inline herr_t chdf5_try_object(hid_t object, struct chdf5_trial *trial) {
  H5I_type_t kind = H5Iget_type(object);
  if (kind == H5I_DATASET) chdf5_try_dataset(object, trial);
  if (kind == H5I_GROUP && chdf5_note_group(object, trial) < 0) return -1;
  return H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, chdf5_try_attribute, trial);
}

static inline herr_t chdf5_try_link(hid_t group, const char *name, const H5L_info_t *info,
                                    void *trial) {
  if (info->type != H5L_TYPE_HARD) return 0;
  hid_t object = H5Oopen(group, name, 0);
  if (object < 0) return -1;
  herr_t status = chdf5_try_object(object, trial);
  H5Oclose(object);
  return status;
}

// Starts a child process that reads all of a file: the part of `byte_count` bytes from `offset` on, or
// the whole if `is_part` is 0. Returns its number, or a negative one if there was none to be had.
static inline pid_t chdf5_start_trial(const char *path, off_t offset, size_t byte_count, int is_part,
                                      unsigned seconds) {
  pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // it has the parent's files, and their locks
    const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
    // Who stops the program by a key stops the whole group; the parent decides, and may hold them back.
    sigset_t stops;
    sigemptyset(&stops);
    const int keys[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) sigaddset(&stops, keys[i]);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
    sigprocmask(SIG_SETMASK, &stops, NULL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    struct chdf5_trial trial = {byte_count, NULL, 0, 0};
    chdf5_limit_memory(chdf5_description_limit(&trial));
    // What libc and libhdf5 say on the way down is of no use to anybody.
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) dup2(nowhere, 2);
    // Of work, and ten times as much with waiting for the disk.
    setrlimit(RLIMIT_CPU, &(struct rlimit){seconds, seconds});
    alarm(10 * seconds);
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
    hid_t root = H5Oopen(file, "/", 0);
    // In the order that a reader asks for: libhdf5 makes it in other ways than that of the file.
    int refused = root < 0 || chdf5_try_object(root, &trial) < 0 ||
                  H5Lvisit(file, H5_INDEX_NAME, H5_ITER_INC, chdf5_try_link, &trial) < 0;
    H5Oclose(root);
    H5Fclose(file);
    H5close();
    _exit(trial.has_circle ? 2 : refused);
  }
  return child;
}

// Waits for the child process.
//
// Returns 0 if it could read all objects, or not even open the file; the number of the signal that
// ended it; CHDF5_REFUSED if libhdf5 refused an object; CHDF5_CIRCLE if two paths lead to a group;
// CHDF5_NO_TRIAL if the child is lost.
#define CHDF5_REFUSED (-1)
#define CHDF5_NO_TRIAL (-2)
#define CHDF5_CIRCLE (-3)
static inline int chdf5_end_trial(pid_t child) {
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return CHDF5_NO_TRIAL;
  if (WIFSIGNALED(status)) return WTERMSIG(status);
  switch (WEXITSTATUS(status)) {
    case 0: return 0;
    case 2: return CHDF5_CIRCLE;
    default: return CHDF5_REFUSED;
  }
}
