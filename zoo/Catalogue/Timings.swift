/// How long the backbones take, as measured on one machine.
enum Timings {
  /// Where and how, as the page says it before the numbers.
  static let machine = """
    Milliseconds are of one image of that size in bfloat16 on 2 cores of an AMD EPYC (Zen 5, AVX-512 with
    bfloat16 products), as `zoo bench` measures; [Benchmarks/RESULTS.md](../Benchmarks/RESULTS.md) says how.
    """

  /// Milliseconds an image by the backbones' names, each at its usual size; what is not here has not
  /// been measured.
  static let milliseconds: [String: Double] = [:]
}
