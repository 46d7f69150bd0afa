internal import Tensors

/// The numbers that one or several tensors are made of.
struct TorchStorage: Equatable {
  /// The name of its bytes in the file.
  let key: String
  let scalar: TorchScalar
  /// How many numbers it has.
  let count: Int

  /// Its size in bytes; nil if that is beyond any file.
  var byteCount: Int? {
    let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: scalar.byteCount)
    return isTooLarge ? nil : bytes
  }
}

/// A tensor as a pickle describes it: a way of walking over a storage.
struct TorchTensor: Equatable {
  let storage: TorchStorage
  /// The type of its numbers, which differs from the storage's if that is of bytes.
  let scalar: TorchScalar
  let shape: [Int]
  /// How many numbers lie between neighbours along each axis.
  let strides: [Int]
  /// The numbers of the storage, counted in those of the tensor's type, from the first that the
  /// tensor has to the last.
  let span: Range<Int>

  /// Checks a tensor against its storage.
  ///
  /// - Returns: Nil, with the reason, if it does not lie within the storage, or has more numbers
  ///   than the storage, so that a few bytes would stand for any amount of memory.
  static func checked(
    storage: TorchStorage, scalar: TorchScalar, offset: Int, shape: [Int], strides: [Int]
  ) -> Result<TorchTensor, PickleFlaw> {
    guard shape.count == strides.count, shape.count <= 64,
      (shape + strides).allSatisfy({ $0 >= 0 }), offset >= 0, storage.count >= 0,
      let byteCount = storage.byteCount, let count = shape.productOrNil
    else {
      return .failure(
        .damaged("a tensor of the impossible shape \(shape) with the strides \(strides)"))
    }
    let available = byteCount / scalar.byteCount
    guard count <= available else {
      return .failure(
        .damaged("a tensor of \(count) numbers in a storage of \(available)"))
    }
    var last = offset
    for (extent, stride) in zip(shape, strides) where count > 0 {
      let (distance, isTooLarge) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, isTooLargeStill) = last.addingReportingOverflow(distance)
      guard !isTooLarge, !isTooLargeStill else { return .failure(.damaged("strides \(strides)")) }
      last = sum
    }
    guard count == 0 || last < available else {
      return .failure(
        .damaged("a tensor that reaches to number \(last) of a storage of \(available)"))
    }
    return .success(
      TorchTensor(
        storage: storage, scalar: scalar, shape: shape, strides: strides,
        span: count == 0 ? 0..<0 : offset..<(last + 1)))
  }

  /// How many numbers it has.
  var count: Int { shape.reduce(1, *) }

  /// Whether its numbers stand in row-major order without gaps.
  var isContiguous: Bool {
    var expected = 1
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      if stride != expected { return false }
      expected *= extent
    }
    return true
  }
}
