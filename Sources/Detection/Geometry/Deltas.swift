extension UnsafeBufferPointer<Float> {
  /// The four numbers of a box.
  func simd4(at index: Int) -> SIMD4<Float> {
    SIMD4(self[index * 4], self[index * 4 + 1], self[index * 4 + 2], self[index * 4 + 3])
  }
}

extension SIMD4<Float> {
  var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite && w.isFinite }
}
