/// float32 numbers at an address that stays the same.
final class PinnedFloats {
  private let start: UnsafeMutablePointer<Float>

  init(_ values: [Float]) {
    start = .allocate(capacity: values.count)
    for (index, value) in values.enumerated() { (start + index).initialize(to: value) }
  }

  deinit { start.deallocate() }

  var bytes: UnsafeRawPointer { UnsafeRawPointer(start) }
}
