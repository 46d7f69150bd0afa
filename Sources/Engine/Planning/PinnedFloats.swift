/// float32 numbers at an address that stays the same.
final class PinnedFloats {
  private let numbers: UnsafeMutableBufferPointer<Float>

  init(_ values: [Float]) {
    numbers = .allocate(capacity: values.count)
    _ = numbers.initialize(from: values)
  }

  deinit { numbers.deallocate() }

  /// The numbers; as many whenever they are set.
  var values: [Float] {
    get { Array(numbers) }
    set {
      precondition(newValue.count == numbers.count, "pinned numbers keep their count")
      _ = numbers.update(from: newValue)
    }
  }

  var start: UnsafePointer<Float>? { UnsafePointer(numbers.baseAddress) }
}
