#pragma once

// libjpeg-turbo and libpng report a fatal error by calling a function that must not return: the
// customary way out is setjmp and longjmp. A longjmp over a Swift frame is undefined behaviour, and
// Swift refuses to import setjmp at all. So each function below holds the whole life of a decoder,
// setjmp included, and is entered and left by Swift like any other C function: it returns true, or
// false with one line of text. Swift calls twice: once for the size, so that it can refuse a picture
// before anything is allocated, and once with memory for the pixels. An encoder is called once and
// hands out memory that the caller releases.
//
// They are `static inline` because a system library module has a header and nothing else.

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

/// The capacity of the buffer that receives an error message, in bytes, its end included.
static const size_t cimageio_message_capacity = 256;

/// What a file's header says.
typedef struct cimageio_header {
  uint32_t width;
  uint32_t height;
  /// A file with fewer bytes cannot hold all its pixels, whatever they are.
  uint64_t least_byte_count;
} cimageio_header;

static inline void cimageio_copy_message(char *message, const char *text) {
  snprintf(message, cimageio_message_capacity, "%s", text);
}

/// Where a function goes when libjpeg or libpng cannot go on: back to its setjmp, with a line of text.
typedef struct cimageio_failure {
  jmp_buf place;
  char *message;
} cimageio_failure;

static inline void cimageio_fail(cimageio_failure *failure, const char *text) {
  cimageio_copy_message(failure->message, text);
  longjmp(failure->place, 1);
}

// ---- JPEG ----

/// What a decoder's or an encoder's `err` points to.
typedef struct cimageio_jpeg_errors {
  struct jpeg_error_mgr manager;
  cimageio_failure failure;
} cimageio_jpeg_errors;

static void cimageio_jpeg_exit(j_common_ptr codec) {
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  cimageio_fail(&((cimageio_jpeg_errors *)codec->err)->failure, text);
}

/// Level -1 is a warning (data that ends early, a code that does not exist): libjpeg would go on
/// with grey pixels. Higher levels are traces.
static void cimageio_jpeg_emit(j_common_ptr codec, int level) {
  if (level < 0) cimageio_jpeg_exit(codec);
}

static inline struct jpeg_error_mgr *cimageio_jpeg_prepare_errors(
    cimageio_jpeg_errors *errors, char *message) {
  errors->failure.message = message;
  jpeg_std_error(&errors->manager);
  errors->manager.error_exit = cimageio_jpeg_exit;
  errors->manager.emit_message = cimageio_jpeg_emit;
  return &errors->manager;
}

typedef struct cimageio_jpeg {
  struct jpeg_decompress_struct decoder;
  struct jpeg_progress_mgr progress;
  cimageio_jpeg_errors errors;
} cimageio_jpeg;

/// A progressive file of a few bytes a scan can ask for thousands of passes over all coefficients.
/// Encoders write about ten.
static void cimageio_jpeg_check_scans(j_common_ptr decoder) {
  cimageio_jpeg *jpeg = (cimageio_jpeg *)decoder->client_data;
  if (jpeg->decoder.input_scan_number > 500) {
    cimageio_fail(&jpeg->errors.failure, "more than 500 scans");
  }
}

/// Reads a JPEG file up to its first scan. The caller has called setjmp.
static inline void cimageio_jpeg_start(
    cimageio_jpeg *jpeg, const uint8_t *bytes, size_t byte_count) {
  jpeg_create_decompress(&jpeg->decoder);
  jpeg->progress.progress_monitor = cimageio_jpeg_check_scans;
  jpeg->decoder.progress = &jpeg->progress;
  jpeg_mem_src(&jpeg->decoder, bytes, (unsigned long)byte_count);
  jpeg_read_header(&jpeg->decoder, TRUE);
  if (jpeg->decoder.arith_code) {
    // Next to nobody writes it, and unlike Huffman codes it runs on without data and no warning.
    cimageio_fail(&jpeg->errors.failure, "arithmetic coding, which is not read");
  }
}

/// Readies the state so that destroying it is safe whatever fails first.
static inline void cimageio_jpeg_prepare(cimageio_jpeg *jpeg, char *message) {
  memset(jpeg, 0, sizeof *jpeg);
  jpeg->decoder.err = cimageio_jpeg_prepare_errors(&jpeg->errors, message);
  jpeg->decoder.client_data = jpeg;
}

static inline bool cimageio_read_jpeg_header(
    const uint8_t *bytes, size_t byte_count, cimageio_header *header, char *message) {
  cimageio_jpeg jpeg;
  cimageio_jpeg_prepare(&jpeg, message);
  if (setjmp(jpeg.errors.failure.place)) {
    jpeg_destroy_decompress(&jpeg.decoder);
    return false;
  }
  cimageio_jpeg_start(&jpeg, bytes, byte_count);
  header->width = jpeg.decoder.image_width;
  header->height = jpeg.decoder.image_height;
  // Each unit of the largest sampling takes at least one bit.
  uint64_t unit_width = (uint64_t)jpeg.decoder.max_h_samp_factor * 8;
  uint64_t unit_height = (uint64_t)jpeg.decoder.max_v_samp_factor * 8;
  header->least_byte_count =
      (header->width / unit_width) * (uint64_t)(header->height / unit_height) / 8;
  jpeg_destroy_decompress(&jpeg.decoder);
  return true;
}

/// Converts inverted CMYK, as Adobe's programs write it and readers assume, to RGB.
static inline void cimageio_convert_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t width) {
  for (size_t x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    for (int channel = 0; channel < 3; ++channel) {
      // key - (255 - colour) * key / 255, to nearest; Pillow's result to the bit.
      int product = (255 - cmyk[channel]) * cmyk[3] + 128;
      rgb[channel] = (uint8_t)(cmyk[3] - ((product + (product >> 8)) >> 8));
    }
  }
}

/// Decodes to 8-bit RGB.
///
/// `pixels` holds width * height * 3 bytes, the size that `cimageio_read_jpeg_header` gave.
static inline bool cimageio_decode_jpeg(
    const uint8_t *bytes, size_t byte_count, uint8_t *pixels, uint32_t width, uint32_t height,
    char *message) {
  cimageio_jpeg jpeg;
  cimageio_jpeg_prepare(&jpeg, message);
  if (setjmp(jpeg.errors.failure.place)) {
    jpeg_destroy_decompress(&jpeg.decoder);
    return false;
  }
  struct jpeg_decompress_struct *decoder = &jpeg.decoder;
  cimageio_jpeg_start(&jpeg, bytes, byte_count);
  bool is_cmyk =
      decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK;
  decoder->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(decoder);
  if (decoder->output_width != width || decoder->output_height != height ||
      decoder->output_components != (is_cmyk ? 4 : 3)) {
    cimageio_fail(&jpeg.errors.failure, "a size that changes between two readings");
  }

  size_t row_size = (size_t)width * 3;
  if (is_cmyk) {
    // Released with the decoder.
    JSAMPARRAY row = decoder->mem->alloc_sarray(
        (j_common_ptr)decoder, JPOOL_IMAGE, (JDIMENSION)width * 4, 1);
    while (decoder->output_scanline < height) {
      uint8_t *target = pixels + decoder->output_scanline * row_size;
      if (jpeg_read_scanlines(decoder, row, 1) == 1) cimageio_convert_cmyk(row[0], target, width);
    }
  } else {
    while (decoder->output_scanline < height) {
      // As many rows as libjpeg may upsample at a time: it writes them without a buffer between.
      JSAMPROW rows[8];
      JDIMENSION count = 0;
      for (; count < 8 && decoder->output_scanline + count < height; ++count) {
        rows[count] = pixels + (decoder->output_scanline + count) * row_size;
      }
      jpeg_read_scanlines(decoder, rows, count);
    }
  }
  jpeg_finish_decompress(decoder);
  jpeg_destroy_decompress(decoder);
  return true;
}

// ---- PNG ----

typedef struct cimageio_png {
  png_structp decoder;
  png_infop info;
  const uint8_t *next;
  size_t remaining;
  cimageio_failure failure;
} cimageio_png;

static void cimageio_png_exit(png_structp codec, png_const_charp text) {
  cimageio_fail((cimageio_failure *)png_get_error_ptr(codec), text);
}

/// What libpng itself deems harmless for the pixels.
static void cimageio_png_ignore(png_structp codec, png_const_charp text) {
  (void)codec;
  (void)text;
}

/// An error on the way has left its text already, in a message that was empty.
static inline void cimageio_png_fail_to_start(cimageio_failure *failure) {
  if (failure->message[0]) longjmp(failure->place, 1);
  cimageio_fail(failure, "libpng could not start");
}

static void cimageio_png_read(png_structp decoder, png_bytep target, size_t count) {
  cimageio_png *png = (cimageio_png *)png_get_io_ptr(decoder);
  if (count > png->remaining) png_error(decoder, "the file ends too early");
  memcpy(target, png->next, count);
  png->next += count;
  png->remaining -= count;
}

/// Readies the state so that destroying it is safe whatever fails first.
static inline void cimageio_png_prepare(
    cimageio_png *png, const uint8_t *bytes, size_t byte_count, char *message) {
  memset(png, 0, sizeof *png);
  png->next = bytes;
  png->remaining = byte_count;
  png->failure.message = message;
  message[0] = 0;
}

/// Reads a PNG file up to its pixels. The caller has called setjmp.
static inline void cimageio_png_start(cimageio_png *png) {
  png->decoder = png_create_read_struct(
      PNG_LIBPNG_VER_STRING, &png->failure, cimageio_png_exit, cimageio_png_ignore);
  if (!png->decoder) cimageio_png_fail_to_start(&png->failure);
  png->info = png_create_info_struct(png->decoder);
  if (!png->info) png_error(png->decoder, "out of memory");
  png_set_read_fn(png->decoder, png, cimageio_png_read);
  // The number of pixels is limited by the caller, a longer side is no harm.
  png_set_user_limits(png->decoder, 0x7fffffff, 0x7fffffff);
  // A checksum that does not match is an error in any chunk, and so is what libpng would mend.
  png_set_crc_action(png->decoder, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_benign_errors(png->decoder, 0);
  // Profiles, texts and times are passed over unparsed: many are flawed, none changes the pixels.
  // Transparency too, since it is dropped.
  png_set_keep_unknown_chunks(png->decoder, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_keep_unknown_chunks(
      png->decoder, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep) "tRNS", 1);
  png_read_info(png->decoder, png->info);
}

static inline bool cimageio_read_png_header(
    const uint8_t *bytes, size_t byte_count, cimageio_header *header, char *message) {
  cimageio_png png;
  cimageio_png_prepare(&png, bytes, byte_count, message);
  if (setjmp(png.failure.place)) {
    if (png.decoder) png_destroy_read_struct(&png.decoder, &png.info, NULL);
    return false;
  }
  cimageio_png_start(&png);
  header->width = png_get_image_width(png.decoder, png.info);
  header->height = png_get_image_height(png.decoder, png.info);
  // Deflate shrinks to 1/1032 at best.
  uint64_t bits_per_pixel = (uint64_t)png_get_bit_depth(png.decoder, png.info) *
                            png_get_channels(png.decoder, png.info);
  header->least_byte_count =
      (uint64_t)header->width * header->height / (8 * 1032) * bits_per_pixel;
  png_destroy_read_struct(&png.decoder, &png.info, NULL);
  return true;
}

/// Decodes to 8-bit RGB; transparency is dropped, of 16 bits the upper 8 are kept.
///
/// `pixels` holds width * height * 3 bytes, the size that `cimageio_read_png_header` gave.
static inline bool cimageio_decode_png(
    const uint8_t *bytes, size_t byte_count, uint8_t *pixels, uint32_t width, uint32_t height,
    char *message) {
  cimageio_png png;
  cimageio_png_prepare(&png, bytes, byte_count, message);
  if (setjmp(png.failure.place)) {
    if (png.decoder) png_destroy_read_struct(&png.decoder, &png.info, NULL);
    return false;
  }
  cimageio_png_start(&png);
  png_structp decoder = png.decoder;
  png_byte color_type = png_get_color_type(decoder, png.info);
  if (color_type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(decoder);
  if (color_type == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(decoder);
  if (!(color_type & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(decoder);
  if (color_type & PNG_COLOR_MASK_ALPHA) png_set_strip_alpha(decoder);
  png_set_strip_16(decoder);
  int pass_count = png_set_interlace_handling(decoder);
  png_read_update_info(decoder, png.info);
  size_t row_size = (size_t)width * 3;
  if (png_get_image_width(decoder, png.info) != width ||
      png_get_image_height(decoder, png.info) != height ||
      png_get_rowbytes(decoder, png.info) != row_size) {
    png_error(decoder, "a size that changes between two readings");
  }
  for (int pass = 0; pass < pass_count; ++pass) {
    for (size_t y = 0; y < height; ++y) png_read_row(decoder, pixels + y * row_size, NULL);
  }
  png_read_end(decoder, NULL);
  png_destroy_read_struct(&png.decoder, &png.info, NULL);
  return true;
}

// ---- Encoding ----

/// A file in memory that grows as an encoder writes; released with `cimageio_release`.
typedef struct cimageio_output {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} cimageio_output;

static inline void cimageio_release(cimageio_output *output) {
  free(output->bytes);
  memset(output, 0, sizeof *output);
}

/// Makes room for more bytes; false if there is no memory.
static inline bool cimageio_reserve(cimageio_output *output, size_t more) {
  if (more <= output->capacity - output->count) return true;
  size_t capacity = output->capacity * 2;
  if (capacity < output->count + more) capacity = output->count + more;
  uint8_t *bytes = (uint8_t *)realloc(output->bytes, capacity);
  if (!bytes) return false;
  output->bytes = bytes;
  output->capacity = capacity;
  return true;
}

typedef struct cimageio_jpeg_encoding {
  struct jpeg_compress_struct encoder;
  struct jpeg_destination_mgr destination;
  cimageio_jpeg_errors errors;
  cimageio_output *output;
} cimageio_jpeg_encoding;

/// Hands libjpeg the free part of the output.
static void cimageio_jpeg_encoding_grow(cimageio_jpeg_encoding *jpeg) {
  if (!cimageio_reserve(jpeg->output, (size_t)1 << 16)) {
    cimageio_fail(&jpeg->errors.failure, "out of memory");
  }
  jpeg->destination.next_output_byte = jpeg->output->bytes + jpeg->output->count;
  jpeg->destination.free_in_buffer = jpeg->output->capacity - jpeg->output->count;
}

static void cimageio_jpeg_encoding_begin(j_compress_ptr encoder) {
  cimageio_jpeg_encoding_grow((cimageio_jpeg_encoding *)encoder->client_data);
}

/// libjpeg calls this when the buffer is full; what it says is free then does not count.
static boolean cimageio_jpeg_encoding_flush(j_compress_ptr encoder) {
  cimageio_jpeg_encoding *jpeg = (cimageio_jpeg_encoding *)encoder->client_data;
  jpeg->output->count = jpeg->output->capacity;
  cimageio_jpeg_encoding_grow(jpeg);
  return TRUE;
}

static void cimageio_jpeg_encoding_end(j_compress_ptr encoder) {
  cimageio_jpeg_encoding *jpeg = (cimageio_jpeg_encoding *)encoder->client_data;
  jpeg->output->count = jpeg->output->capacity - jpeg->destination.free_in_buffer;
}

/// Encodes 8-bit RGB as a baseline JPEG file.
///
/// From quality 90 up colours keep the full resolution: at half of it thin lines and letters in
/// colour bleed. `output` starts zeroed; whatever the outcome, the caller releases it.
static inline bool cimageio_encode_jpeg(
    const uint8_t *pixels, size_t width, size_t height, int quality, cimageio_output *output,
    char *message) {
  if (width > JPEG_MAX_DIMENSION || height > JPEG_MAX_DIMENSION) {
    snprintf(
        message, cimageio_message_capacity, "a side of more than %ld pixels",
        (long)JPEG_MAX_DIMENSION);
    return false;
  }
  cimageio_jpeg_encoding jpeg;
  memset(&jpeg, 0, sizeof jpeg);
  jpeg.output = output;
  jpeg.encoder.err = cimageio_jpeg_prepare_errors(&jpeg.errors, message);
  jpeg.encoder.client_data = &jpeg;
  jpeg.destination.init_destination = cimageio_jpeg_encoding_begin;
  jpeg.destination.empty_output_buffer = cimageio_jpeg_encoding_flush;
  jpeg.destination.term_destination = cimageio_jpeg_encoding_end;
  if (setjmp(jpeg.errors.failure.place)) {
    jpeg_destroy_compress(&jpeg.encoder);
    return false;
  }
  struct jpeg_compress_struct *encoder = &jpeg.encoder;
  jpeg_create_compress(encoder);
  encoder->dest = &jpeg.destination;
  encoder->image_width = (JDIMENSION)width;
  encoder->image_height = (JDIMENSION)height;
  encoder->input_components = 3;
  encoder->in_color_space = JCS_RGB;
  jpeg_set_defaults(encoder);
  jpeg_set_quality(encoder, quality, TRUE);
  encoder->optimize_coding = TRUE;
  if (quality >= 90) {
    encoder->comp_info[0].h_samp_factor = 1;
    encoder->comp_info[0].v_samp_factor = 1;
  }
  jpeg_start_compress(encoder, TRUE);
  while (encoder->next_scanline < encoder->image_height) {
    // libjpeg does not write to its input; its type for rows is older than const.
    JSAMPROW row = (JSAMPROW)(pixels + encoder->next_scanline * width * 3);
    jpeg_write_scanlines(encoder, &row, 1);
  }
  jpeg_finish_compress(encoder);
  jpeg_destroy_compress(encoder);
  return true;
}

typedef struct cimageio_png_encoding {
  png_structp encoder;
  png_infop info;
  cimageio_failure failure;
  cimageio_output *output;
} cimageio_png_encoding;

static void cimageio_png_encoding_write(png_structp encoder, png_bytep bytes, size_t count) {
  cimageio_png_encoding *png = (cimageio_png_encoding *)png_get_io_ptr(encoder);
  if (!cimageio_reserve(png->output, count)) png_error(encoder, "out of memory");
  memcpy(png->output->bytes + png->output->count, bytes, count);
  png->output->count += count;
}

/// What is written lies in memory: there is nothing to flush.
static void cimageio_png_encoding_flush(png_structp encoder) { (void)encoder; }

/// Encodes 8-bit RGB as a PNG file.
///
/// `output` starts zeroed; whatever the outcome, the caller releases it.
static inline bool cimageio_encode_png(
    const uint8_t *pixels, size_t width, size_t height, cimageio_output *output, char *message) {
  if (width > 0x7fffffff || height > 0x7fffffff) {
    cimageio_copy_message(message, "a side of more than 2147483647 pixels");
    return false;
  }
  cimageio_png_encoding png;
  memset(&png, 0, sizeof png);
  png.output = output;
  png.failure.message = message;
  message[0] = 0;
  if (setjmp(png.failure.place)) {
    if (png.encoder) png_destroy_write_struct(&png.encoder, &png.info);
    return false;
  }
  png.encoder = png_create_write_struct(
      PNG_LIBPNG_VER_STRING, &png.failure, cimageio_png_exit, cimageio_png_ignore);
  if (!png.encoder) cimageio_png_fail_to_start(&png.failure);
  png.info = png_create_info_struct(png.encoder);
  if (!png.info) png_error(png.encoder, "out of memory");
  png_set_write_fn(
      png.encoder, &png, cimageio_png_encoding_write, cimageio_png_encoding_flush);
  png_set_user_limits(png.encoder, 0x7fffffff, 0x7fffffff);
  png_set_IHDR(
      png.encoder, png.info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB,
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png.encoder, png.info);
  for (size_t y = 0; y < height; ++y) png_write_row(png.encoder, pixels + y * width * 3);
  png_write_end(png.encoder, NULL);
  png_destroy_write_struct(&png.encoder, &png.info);
  return true;
}
