// What the files of this target share.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "COneDNN.h"
#include "KernelLayout.hpp"

struct onednn_primitive {
  dnnl::primitive primitive;
  std::string implementation;
  // One for each argument, in the order of `arguments`.
  std::vector<dnnl::memory> memories;
  std::vector<dnnl_exec_arg_t> arguments;
  // How the primitive wants its kernel, or leaves the kernel's gradient. Empty without one.
  dnnl::memory::desc kernel;
  // Of the kernel's gradient, where the primitive computes that.
  onednn::KernelLayout gradient_layout;

  void add_argument(int argument, const dnnl::memory::desc &desc);
  void bind(int argument, const void *bytes);
};

namespace onednn {

dnnl::engine &engine();
dnnl::stream &stream();

// Runs body(begin, end) on shares of 0..<count in oneDNN's own team of threads.
void parallel(int64_t count, void (*body)(int64_t begin, int64_t end, void *context), void *context);

// Runs body(thread, threads) once in each thread of that team.
void parallel_team(
    void (*body)(int64_t thread, int64_t threads, void *context), void *context);

// Calls `body`, and hands on what it throws as a message.
template <typename Result, typename Body>
Result guarded(onednn_error *error, Result failure, Body body) {
  const char *reason = "unknown reason";
  try {
    return body();
  } catch (const dnnl::error &caught) {
    reason = caught.message;
  } catch (const std::exception &caught) {
    reason = caught.what();
    std::strncpy(error->message, reason, sizeof error->message - 1);
    return failure;
  } catch (...) {
  }
  std::strncpy(error->message, reason, sizeof error->message - 1);
  return failure;
}

}  // namespace onednn
