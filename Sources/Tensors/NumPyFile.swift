import Glibc

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
  /// - Throws: ``NumPyError``; a file that is cut off or goes on behind the array is an error.
  public static func read(_ path: String) throws(NumPyError) -> Tensor {
    let file = try ReadableFile(path)
    let (header, dataOffset) = try readHeader(of: file, path)
    guard let type = NumberType(header.typeName) else {
      throw .unsupportedType(path: path, found: header.typeName)
    }
    // Without the zeros, since no part of the product may overflow either.
    var expected = type.elementType.byteCount
    for extent in header.shape where extent > 0 {
      let (product, overflow) = expected.multipliedReportingOverflow(by: extent)
      guard !overflow else {
        throw .malformed(path: path, reason: "the shape \(header.shape) is beyond any memory")
      }
      expected = product
    }
    if header.shape.contains(0) { expected = 0 }
    let found = file.byteCount - dataOffset
    // Before memory is taken for them.
    guard found == expected else {
      throw .malformed(
        path: path,
        reason:
          "expected \(expected) bytes of numbers for the shape \(header.shape), found \(found)"
      )
    }
    let isTransposed = header.isFortranOrder && header.shape.count > 1
    let tensor = try Tensor(
      shape: isTransposed ? header.shape.reversed() : header.shape, elementType: type.elementType
    ) { bytes throws(NumPyError) in
      guard try file.read(into: bytes, at: dataOffset) == bytes.count else {
        throw .malformed(path: path, reason: "the file became shorter while it was read")
      }
      if type.isBigEndian { type.swapBytes(of: bytes) }
    }
    return isTransposed ? tensor.reversingAxes() : tensor
  }

  private static func readHeader(
    of file: borrowing ReadableFile, _ path: String
  ) throws(NumPyError) -> (NumPyHeader, dataOffset: Int) {
    let prefix = try file.bytes(at: 0, count: 12)
    guard prefix.starts(with: signature) else {
      let found =
        prefix.isEmpty
        ? "an empty file"
        : prefix.starts(with: "PK".utf8)
          ? "a ZIP archive, perhaps several arrays (.npz)"
          : "other content"
      throw .malformed(path: path, reason: "expected one array (.npy), found \(found)")
    }
    guard prefix.count == 12 else {
      throw .malformed(path: path, reason: "the file ends within the header")
    }
    let (major, minor) = (prefix[6], prefix[7])
    guard (1...3).contains(major), minor == 0 else {
      throw .malformed(
        path: path, reason: "expected version 1.0, 2.0 or 3.0, found \(major).\(minor)")
    }
    let lengthByteCount = major == 1 ? 2 : 4
    let length = prefix[8..<(8 + lengthByteCount)].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= NumPyHeader.maximumByteCount else {
      throw .malformed(
        path: path,
        reason:
          "expected a header of at most \(NumPyHeader.maximumByteCount) bytes, found \(length)"
      )
    }
    let start = 8 + lengthByteCount
    let text = try file.bytes(at: start, count: length)
    guard text.count == length else {
      throw .malformed(path: path, reason: "the file ends within the header")
    }
    do {
      return (try NumPyHeader(parsing: text), start + length)
    } catch {
      throw .malformed(path: path, reason: error.description)
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

/// An open regular file.
private struct ReadableFile: ~Copyable {
  private let descriptor: CInt
  private let path: String
  let byteCount: Int

  init(_ path: String) throws(NumPyError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw .unreadable(path: path, reason: "not a name of a file")
    }
    // Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
    var status = stat()
    let problem: String? =
      if fstat(descriptor, &status) != 0 {
        systemReason()
      } else {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a folder, not a file"
        default: "a pipe or device, not a file"
        }
      }
    if let problem {
      close(descriptor)
      throw .unreadable(path: path, reason: problem)
    }
    (self.descriptor, self.path, byteCount) = (descriptor, path, Int(status.st_size))
  }

  deinit { close(descriptor) }

  /// Reads bytes, fewer where the file ends.
  func bytes(at offset: Int, count: Int) throws(NumPyError) -> [UInt8] {
    var done: Int?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      done = fill(UnsafeMutableRawBufferPointer(buffer), at: offset, count: count)
      initializedCount = done ?? 0
    }
    if done == nil { throw .unreadable(path: path, reason: systemReason()) }
    return bytes
  }

  /// Fills memory with what stands at an offset.
  ///
  /// - Returns: How many bytes were there.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(NumPyError) -> Int {
    guard let done = fill(buffer, at: offset, count: buffer.count) else {
      throw .unreadable(path: path, reason: systemReason())
    }
    return done
  }

  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, at offset: Int, count: Int
  ) -> Int? {
    var done = 0
    while done < count {
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<count])
      let step = pread(descriptor, part.baseAddress, part.count, off_t(offset + done))
      if step < 0 && errno == EINTR { continue }
      if step < 0 { return nil }
      if step == 0 { break }
      done += step
    }
    return done
  }
}

/// The system's words for the last failed call.
func systemReason() -> String {
  // In lower case, as the rest of the line.
  let text = String(cString: strerror(errno))
  return text.prefix(1).lowercased() + text.dropFirst()
}
