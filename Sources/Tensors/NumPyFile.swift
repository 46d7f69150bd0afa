internal import Files

/// A file of one array, as `numpy.save` writes it (`.npy`).
public enum NumPyFile {
  static let signature: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads an array of floating-point numbers.
  ///
  /// Versions 1.0, 2.0 and 3.0 are read, numbers of 16, 32 and 64 bits, both byte orders, and
  /// arrays in Fortran order, which are brought into row-major order.
  ///
  /// - Parameter path: The file.
  /// - Returns: A tensor of the array's shape and element type.
  /// - Throws: `FileError` if the file cannot be read; ``NumPyError`` if it is no such array, is cut off
  ///   or goes on behind it.
  public static func read(_ path: String) throws -> Tensor {
    let file = try OpenFile(reading: path)
    let (header, dataOffset) = try readHeader(of: file, path)
    guard let type = NumberType(header.typeName) else {
      throw NumPyError.unsupportedType(path: path, found: header.typeName)
    }
    guard let expected = (header.shape + [type.elementType.byteCount]).productOrNil else {
      throw NumPyError.malformed(
        path: path, reason: "the shape \(header.shape) is beyond any memory")
    }
    let found = file.count - dataOffset
    // Before memory is taken for them.
    guard found == expected else {
      throw NumPyError.malformed(
        path: path,
        reason:
          "expected \(expected) bytes of numbers for the shape \(header.shape), found \(found)"
      )
    }
    let isTransposed = header.isFortranOrder && header.shape.count > 1
    let tensor = try Tensor(
      shape: isTransposed ? header.shape.reversed() : header.shape, elementType: type.elementType
    ) { bytes throws(FileError) in
      try file.read(into: bytes, at: dataOffset)
      if type.isBigEndian { type.swapBytes(of: bytes) }
    }
    return isTransposed ? tensor.reversingAxes() : tensor
  }

  private static func readHeader(
    of file: OpenFile, _ path: String
  ) throws -> (NumPyHeader, dataOffset: Int) {
    let prefix = try file.prefix(12)
    guard prefix.starts(with: signature) else {
      let found =
        prefix.isEmpty
        ? "an empty file"
        : prefix.starts(with: "PK".utf8)
          ? "a ZIP archive, perhaps several arrays (.npz)"
          : "other content"
      throw NumPyError.malformed(path: path, reason: "expected one array (.npy), found \(found)")
    }
    guard prefix.count == 12 else {
      throw NumPyError.malformed(path: path, reason: "the file ends within the header")
    }
    let (major, minor) = (prefix[6], prefix[7])
    guard (1...3).contains(major), minor == 0 else {
      throw NumPyError.malformed(
        path: path, reason: "expected version 1.0, 2.0 or 3.0, found \(major).\(minor)")
    }
    let lengthByteCount = major == 1 ? 2 : 4
    let length = prefix[8..<(8 + lengthByteCount)].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= NumPyHeader.maximumByteCount else {
      throw NumPyError.malformed(
        path: path,
        reason:
          "expected a header of at most \(NumPyHeader.maximumByteCount) bytes, found \(length)"
      )
    }
    let start = 8 + lengthByteCount
    guard length <= file.count - start else {
      throw NumPyError.malformed(path: path, reason: "the file ends within the header")
    }
    let text = try file.bytes(at: start, count: length)
    do throws(NumPyHeaderError) {
      return (try NumPyHeader(parsing: text), start + length)
    } catch {
      throw NumPyError.malformed(path: path, reason: error.description)
    }
  }
}

/// A type of numbers that a tensor can hold, by NumPy's name of it.
private struct NumberType {
  let elementType: ElementType
  let isBigEndian: Bool

  init?(_ name: String) {
    // `=` and no mark at all mean the writer's own order, which is taken to be this machine's.
    let mark = name.first.flatMap { "<>=|".contains($0) ? $0 : nil }
    switch mark == nil ? name[...] : name.dropFirst() {
    case "f2": elementType = .float16
    case "f4": elementType = .float32
    case "f8": elementType = .float64
    default: return nil
    }
    guard mark != "|" else { return nil }
    isBigEndian = mark == ">"
  }

  func swapBytes(of bytes: UnsafeMutableRawBufferPointer) {
    func swap<Bits: FixedWidthInteger>(_ type: Bits.Type) {
      let numbers = bytes.bindMemory(to: type)
      for index in numbers.indices { numbers[index] = numbers[index].byteSwapped }
    }
    switch elementType {
    case .float16, .bfloat16: swap(UInt16.self)
    case .float32: swap(UInt32.self)
    case .float64: swap(UInt64.self)
    }
  }
}

extension Tensor {
  /// The same numbers with the first axis last and so on: of a matrix, its transpose.
  fileprivate func reversingAxes() -> Tensor {
    // The distance in the source, in numbers, of a step along each axis of the result.
    var strides: [Int] = []
    var step = 1
    for extent in shape.reversed() {
      strides.append(step)
      step *= extent
    }
    let newShape = Array(shape.reversed())
    let size = elementType.byteCount
    return withUnsafeBytes { source in
      Tensor(shape: newShape, elementType: elementType) { target in
        var index = [Int](repeating: 0, count: newShape.count)
        var position = 0
        for start in stride(from: 0, to: target.count, by: size) {
          for byte in 0..<size { target[start + byte] = source[position * size + byte] }
          // Counts up like an odometer.
          for axis in newShape.indices.reversed() {
            index[axis] += 1
            position += strides[axis]
            if index[axis] < newShape[axis] { break }
            position -= index[axis] * strides[axis]
            index[axis] = 0
          }
        }
      }
    }
  }
}
