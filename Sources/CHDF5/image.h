// An HDF5 file that lies inside another file, shown to libhdf5 as an image in memory.
//
// The image is a mapping of the other file: libhdf5 makes no copy of it, and only pages that it looks
// at are ever read.
#pragma once
#include <fcntl.h>
#include <hdf5.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct chdf5_image {
  char *mapping;
  size_t mapped;   // bytes of the mapping
  char *first;     // the image's first byte in it
};

// libhdf5 asks for memory for copies of the image: all of them are the image itself.
static inline void *chdf5_image_malloc(size_t size, H5FD_file_image_op_t op, void *image) {
  (void)size, (void)op;
  return ((struct chdf5_image *)image)->first;
}

static inline void *chdf5_image_copy(void *to, const void *from, size_t size,
                                     H5FD_file_image_op_t op, void *image) {
  (void)size, (void)op, (void)image;
  return to == from ? to : NULL;
}

static inline void *chdf5_image_realloc(void *memory, size_t size, H5FD_file_image_op_t op,
                                        void *image) {
  (void)memory, (void)size, (void)op, (void)image;
  return NULL;  // a file for reading never grows
}

static inline herr_t chdf5_image_free(void *memory, H5FD_file_image_op_t op, void *image) {
  (void)memory, (void)op, (void)image;
  return 0;
}

static inline void *chdf5_image_same(void *image) { return image; }

static inline herr_t chdf5_image_keep(void *image) {
  (void)image;
  return 0;
}

// Maps `size` bytes from `offset` on; 0 if that works.
static inline int chdf5_map_image(const char *path, off_t offset, size_t size,
                                  struct chdf5_image *image) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  off_t before = offset % sysconf(_SC_PAGESIZE);
  image->mapped = size + (size_t)before;
  image->mapping = mmap(NULL, image->mapped, PROT_READ, MAP_PRIVATE, file, offset - before);
  close(file);
  if (image->mapping == MAP_FAILED) return -1;
  // Metadata is spread over the file: pages around it are not wanted.
  madvise(image->mapping, image->mapped, MADV_RANDOM);
  image->first = image->mapping + before;
  return 0;
}

// Lets go of the pages that have been looked at; they are read again when they are wanted.
static inline void chdf5_release_image(struct chdf5_image *image) {
  madvise(image->mapping, image->mapped, MADV_DONTNEED);
}

static inline void chdf5_unmap_image(struct chdf5_image *image) {
  munmap(image->mapping, image->mapped);
}

// Opens the file that an image holds. The image must stay until the file is closed.
static inline hid_t chdf5_open_image(struct chdf5_image *image, size_t size) {
  // libhdf5 takes two images of one name for the same file.
  char name[64];
  snprintf(name, sizeof name, "image at %p", (void *)image);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5FD_file_image_callbacks_t callbacks = {
      chdf5_image_malloc, chdf5_image_copy, chdf5_image_realloc, chdf5_image_free,
      chdf5_image_same,   chdf5_image_keep, image};
  hid_t file = -1;
  if (H5Pset_fapl_core(access, 1 << 16, 0) >= 0 &&
      H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
      H5Pset_file_image(access, image->first, size) >= 0)
    file = H5Fopen(name, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  return file;
}
