internal import Tensors

extension Tensor {
  /// Copies rows of a table that the tensor is read as.
  ///
  /// - Parameters:
  ///   - rows: Which rows, in which order.
  ///   - width: How many numbers a row has.
  ///   - offset: The number that row 0 begins at.
  /// - Returns: `[rows, width]`.
  func gathering(_ rows: [Int], width: Int, offset: Int = 0) -> Tensor {
    withUnsafeBytes { bytes in
      let numbers = bytes.bindMemory(to: Float.self)
      return Tensor(shape: [rows.count, width]) { result in
        let result = result.bindMemory(to: Float.self)
        for (place, row) in rows.enumerated() {
          for column in 0..<width {
            result[place * width + column] = numbers[offset + row * width + column]
          }
        }
      }
    }
  }

  /// Adds rows, times a factor, to those of a table that the tensor is read as.
  mutating func scatterAdd(
    _ values: Tensor, to rows: [Int], width: Int, offset: Int = 0, factor: Float
  ) {
    values.withUnsafeBytes { values in
      let values = values.bindMemory(to: Float.self)
      withUnsafeMutableBytes { bytes in
        let numbers = bytes.bindMemory(to: Float.self)
        for (place, row) in rows.enumerated() {
          for column in 0..<width {
            numbers[offset + row * width + column] += factor * values[place * width + column]
          }
        }
      }
    }
  }

  /// Puts tensors of one image each beside one another, `[N, …]`.
  init(batch images: [Tensor]) {
    precondition(!images.isEmpty, "a batch has an image")
    self.init(shape: [images.count] + images[0].shape.dropFirst()) { bytes in
      let size = images[0].byteCount
      for (index, image) in images.enumerated() {
        image.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: bytes[(index * size)...]).copyMemory(
            from: source)
        }
      }
    }
  }
}
