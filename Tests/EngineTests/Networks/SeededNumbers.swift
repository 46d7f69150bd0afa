/// Numbers that follow from a name, the same here and in `Fixtures/make_network_goldens.py`.
struct SeededNumbers {
  private let start: UInt64

  init(_ name: String) {
    // FNV-1a.
    start = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// A number from 0 to below 1; the first is that of index 0.
  @inline(__always) subscript(index: Int) -> Float {
    // splitmix64.
    var x = start &+ UInt64(truncatingIfNeeded: index &+ 1) &* 0x9E37_79B9_7F4A_7C15
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    x ^= x >> 31
    return Float(x >> 40) * 0x1p-24
  }
}
