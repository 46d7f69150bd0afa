#pragma once

#include <zlib.h>

// Swift does not import macros with arguments. It is `static inline` because a system library module
// has a header and nothing else.

/// Begins to read gzip, and nothing else that zlib could read; its checksum is compared at its end.
static inline int czlib_begin_gunzip(z_stream *stream) {
  // The greatest window, and 16 for gzip.
  return inflateInit2(stream, 15 + 16);
}
