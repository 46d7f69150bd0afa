internal import Dispatch
internal import Glibc

/// A dense array of numbers in row-major order, with value semantics.
///
/// Feature maps are `[N, H, W, C]`, kernels `[height, width, in, out]`, both as in Keras. A copy
/// shares storage until one of the two is written.
public struct Tensor: Sendable {
  /// The extent along each axis, outermost first; empty for a single number.
  public let shape: [Int]
  public let elementType: ElementType
  private var storage: AlignedStorage

  /// Makes a tensor whose bytes `initialize` writes, all of them.
  ///
  /// - Parameters:
  ///   - shape: The extent along each axis.
  ///   - elementType: The type of each number.
  ///   - initialize: Receives uninitialised memory of exactly the tensor's size in bytes.
  /// - Throws: What `initialize` throws.
  public init<Failure: Error>(
    shape: [Int], elementType: ElementType = .float32,
    initialize: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(shape.allSatisfy { $0 >= 0 }, "a shape has no negative extent: \(shape)")
    self.shape = shape
    self.elementType = elementType
    storage = AlignedStorage(byteCount: shape.reduce(1, *) * elementType.byteCount)
    try initialize(storage.bytes)
  }

  /// Makes a float32 tensor of the given numbers in row-major order.
  ///
  /// - Precondition: As many values as the shape holds.
  public init(shape: [Int], values: [Float]) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values for shape \(shape)")
    self.init(shape: shape) { bytes in
      values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }

  /// Makes a tensor of zeros.
  public init(zeros shape: [Int], elementType: ElementType = .float32) {
    self.init(shape: shape, elementType: elementType) {
      $0.initializeMemory(as: UInt8.self, repeating: 0)
    }
  }

  /// How many numbers the tensor holds.
  public var count: Int { shape.reduce(1, *) }

  /// How much memory the numbers take, in bytes.
  public var byteCount: Int { count * elementType.byteCount }

  /// Calls `body` with the numbers' bytes, aligned to a cache line.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(storage.bytes))
  }

  /// Calls `body` with the numbers' bytes for writing, after a copy if they are shared.
  public mutating func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if !isKnownUniquelyReferenced(&storage) { storage = AlignedStorage(copying: storage) }
    return try body(storage.bytes)
  }

  /// The same numbers in the same order under another shape.
  ///
  /// - Precondition: The new shape holds as many numbers.
  public func reshaped(to shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "\(self.shape) cannot take the shape \(shape)")
    return Tensor(shape: shape, elementType: elementType, storage: storage)
  }

  private init(shape: [Int], elementType: ElementType, storage: AlignedStorage) {
    (self.shape, self.elementType, self.storage) = (shape, elementType, storage)
  }
}

/// Memory aligned to a cache line, released with its last owner.
///
/// Unchecked: `Tensor` writes only to storage that it alone references.
private final class AlignedStorage: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    bytes = .allocate(byteCount: byteCount, alignment: 64)
    if byteCount >= 1 << 20 { bytes.populate() }
  }

  convenience init(copying other: AlignedStorage) {
    self.init(byteCount: other.bytes.count)
    bytes.copyMemory(from: UnsafeRawBufferPointer(other.bytes))
  }

  deinit { bytes.deallocate() }
}

extension UnsafeMutableRawBufferPointer {
  /// Lets the system provide memory for all pages at once, on all cores, which takes a fraction of the
  /// time that it takes when each page is met for the first time.
  fileprivate func populate() {
    guard let baseAddress else { return }
    let page = 4096
    let first = (Int(bitPattern: baseAddress) + page - 1) / page * page
    let last = (Int(bitPattern: baseAddress) + count) / page * page
    // Large beside what it costs to hand a piece to another core.
    let pieceByteCount = 128 * page
    let starts = Array(stride(from: first, to: last, by: pieceByteCount))
    DispatchQueue.concurrentPerform(iterations: starts.count) { index in
      let start = starts[index]
      // MADV_POPULATE_WRITE, of Linux 5.14; older systems refuse it, and nothing is lost.
      madvise(
        UnsafeMutableRawPointer(bitPattern: start), Swift.min(pieceByteCount, last - start), 23)
    }
  }
}
