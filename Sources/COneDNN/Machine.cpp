#include <immintrin.h>

#include "Primitive.hpp"

onednn_version onednn_library_version(void) {
  const dnnl_version_t *version = dnnl_version();
  return {version->major, version->minor, version->patch};
}

onednn_version onednn_header_version(void) {
  return {DNNL_VERSION_MAJOR, DNNL_VERSION_MINOR, DNNL_VERSION_PATCH};
}

const char *onednn_instruction_set(void) {
  switch (dnnl_get_effective_cpu_isa()) {
    case dnnl_cpu_isa_sse41: return "SSE41";
    case dnnl_cpu_isa_avx: return "AVX";
    case dnnl_cpu_isa_avx2: return "AVX2";
    case dnnl_cpu_isa_avx2_vnni: return "AVX2_VNNI";
    case dnnl_cpu_isa_avx512_core: return "AVX512_CORE";
    case dnnl_cpu_isa_avx512_core_vnni: return "AVX512_CORE_VNNI";
    case dnnl_cpu_isa_avx512_core_bf16: return "AVX512_CORE_BF16";
    case dnnl_cpu_isa_avx512_core_amx: return "AVX512_CORE_AMX";
#if DNNL_VERSION_MAJOR >= 3
    case dnnl_cpu_isa_avx512_core_fp16: return "AVX512_CORE_FP16";
    case dnnl_cpu_isa_avx512_core_amx_fp16: return "AVX512_CORE_AMX_FP16";
    case dnnl_cpu_isa_avx2_vnni_2: return "AVX2_VNNI_2";
#endif
    default: return "another instruction set";
  }
}

// Each of oneDNN's sets is a superset of the ones whose bits it holds.
static bool has(dnnl_cpu_isa_t set) {
  auto available = static_cast<unsigned>(dnnl_get_effective_cpu_isa());
  auto needed = static_cast<unsigned>(set);
  return (available & needed) == needed;
}

bool onednn_has_bfloat16(void) { return has(dnnl_cpu_isa_avx512_core_bf16); }

bool onednn_has_amx(void) { return has(dnnl_cpu_isa_avx512_core_amx); }

void onednn_flush_denormals(void) {
  _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON);
  _mm_setcsr(_mm_getcsr() | 0x0040);  // denormals are zeros
}
