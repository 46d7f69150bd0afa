internal import Files
internal import Importing
internal import Tensors

/// What `torch.save` wrote, with its pickle read and its numbers not.
struct TorchCheckpoint: Sendable {
  let file: OpenFile
  /// Which of PyTorch's two forms the file is in.
  let form: Form
  /// The tensors of the model by their names, in the order of the dictionary.
  let tensors: [(name: String, tensor: TorchTensor)]
  /// Where the bytes of each storage stand.
  private let ranges: [String: Range<Int>]
  private let isBigEndian: Bool

  enum Form: String, Sendable {
    case archive = "PyTorch checkpoint, ZIP archive"
    case legacy = "PyTorch checkpoint, form of before 1.6"
  }

  init(
    file: OpenFile, form: Form, content: PickleValue, values: PickleValues,
    ranges: [String: Range<Int>], isBigEndian: Bool
  ) throws(ImportError) {
    (self.file, self.form, self.ranges) = (file, form, ranges)
    self.isBigEndian = isBigEndian
    tensors = try StateDictionary(values: values, file: file.path).tensors(of: content)
    for (name, tensor) in tensors {
      guard let range = ranges[tensor.storage.key], range.count == tensor.storage.byteCount else {
        throw .damaged(
          file: file.path, object: name,
          reason: "its storage \(tensor.storage.key.shortened) has "
            + "\(ranges[tensor.storage.key].map { "\($0.count) bytes" } ?? "no bytes"), expected "
            + "\(tensor.storage.byteCount ?? 0)")
      }
    }
  }

  /// Opens a file in whichever form it is.
  init(_ path: String) throws {
    let file = try OpenFile(reading: path)
    if ZipArchive.recognises(file) {
      self = try TorchArchive(file).checkpoint()
    } else if LegacyTorchFile.recognises(file) {
      self = try LegacyTorchFile(file).checkpoint()
    } else {
      throw ImportError.notWeights(file: path, found: Self.kind(of: file))
    }
  }

  /// Reads a tensor's numbers in row-major order.
  func read(_ tensor: TorchTensor, elementType: ElementType) throws(FileError) -> Tensor {
    let size = elementType.byteCount
    let start = (ranges[tensor.storage.key]?.lowerBound ?? 0) + tensor.span.lowerBound * size
    if tensor.isContiguous {
      return try Tensor(shape: tensor.shape, elementType: elementType) {
        bytes throws(FileError) in
        try file.read(into: bytes, at: start)
        if isBigEndian { bytes.reverseBytes(ofEach: size) }
      }
    }
    let source = try Tensor(shape: [tensor.span.count], elementType: elementType) {
      bytes throws(FileError) in
      try file.read(into: bytes, at: start)
      if isBigEndian { bytes.reverseBytes(ofEach: size) }
    }
    return source.walked(shape: tensor.shape, strides: tensor.strides)
  }

  /// What a file is that PyTorch did not write, in words.
  private static func kind(of file: OpenFile) -> String {
    guard let bytes = try? file.prefix(262), !bytes.isEmpty else {
      return "an empty file"
    }
    if bytes.count == 262, bytes[257...].elementsEqual("ustar".utf8) {
      return "a tar archive, perhaps of PyTorch before 0.2"
    }
    if bytes[0] == 0x80 { return "a pickle that torch.save did not write" }
    return "other content"
  }
}

extension PickleFlaw {
  /// The error for the user, of the pickle in a file.
  func importError(file: String, object: String) -> any Error {
    switch self {
    case .unreadable(let error): error
    case .damaged(let reason):
      ImportError.damaged(file: file, object: object, reason: "the pickle \(reason)")
    case .tooLarge(let found): ImportError.notWeights(file: file, found: found)
    case .forbidden(let name):
      ImportError.unreadableForm(
        file: file, form: "a pickle with \(name), which no dictionary of tensors needs",
        advice: "save model.state_dict() alone, and beware of files from strangers")
    }
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Turns numbers of the other byte order into this machine's.
  fileprivate func reverseBytes(ofEach size: Int) {
    for start in stride(from: 0, to: count - count % size, by: size) {
      self[start..<(start + size)].reverse()
    }
  }
}

extension Tensor {
  /// The numbers found by walking over these with a stride for each axis.
  fileprivate func walked(shape: [Int], strides: [Int]) -> Tensor {
    let size = elementType.byteCount
    return withUnsafeBytes { source in
      Tensor(shape: shape, elementType: elementType) { target in
        var index = [Int](repeating: 0, count: shape.count)
        var place = 0
        for start in stride(from: 0, to: target.count, by: size) {
          for byte in 0..<size { target[start + byte] = source[place * size + byte] }
          // Counts up like the digits of a number.
          for axis in shape.indices.reversed() {
            index[axis] += 1
            place += strides[axis]
            if index[axis] < shape[axis] { break }
            place -= index[axis] * strides[axis]
            index[axis] = 0
          }
        }
      }
    }
  }
}
