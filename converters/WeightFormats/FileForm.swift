internal import Glibc

/// The forms that files of weights have, told apart by their first and last bytes.
enum FileForm {
  /// HDF5, an archive of Keras, or an index of several files of Keras.
  case keras
  /// What `torch.save` wrote.
  case pyTorch
  case safetensors
  /// A checkpoint of either version, whatever part of it was named.
  case tensorFlowCheckpoint
  /// Whatever else: a protocol buffer has no mark of its own.
  case unmarked

  /// Looks at a file.
  ///
  /// A file that cannot be read is taken for Keras's, whose reader then tells the reason.
  init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = access("\(path).index", F_OK) == 0 ? .tensorFlowCheckpoint : .keras
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: self = .tensorFlowCheckpoint
    case S_IFREG: self = Self.form(ofFile: path, byteCount: Int(status.st_size))
    default: self = .keras
    }
  }

  private static func form(ofFile path: String, byteCount: Int) -> FileForm {
    let head = bytes(of: path, from: 0, count: 512)
    let first = head.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
    if head.starts(with: "PK".utf8) { return head.contains("data.pkl") ? .pyTorch : .keras }
    // The opcode that begins a pickle, and its version.
    if head.first == 0x80, head.count > 1, 2...5 ~= head[1] { return .pyTorch }
    if head.count > 8, head[8] == UInt8(ascii: "{"), headerFits(head, byteCount: byteCount) {
      return .safetensors
    }
    if first == UInt8(ascii: "{") { return .keras }
    if isHDF5(path, byteCount: byteCount) { return .keras }
    let tableMark: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
    if bytes(of: path, from: byteCount - 8, count: 8) == tableMark || isData(path) {
      return .tensorFlowCheckpoint
    }
    return .unmarked
  }

  /// Whether a safetensors file's first number, its header's length, can be one.
  private static func headerFits(_ head: [UInt8], byteCount: Int) -> Bool {
    let length = head.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return length <= UInt64(max(byteCount - 8, 0))
  }

  /// HDF5's mark is at the beginning or, after bytes of somebody else's, at 512 times a power of two.
  private static func isHDF5(_ path: String, byteCount: Int) -> Bool {
    let mark: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    var offset = 0
    while offset <= byteCount - mark.count {
      if bytes(of: path, from: offset, count: mark.count) == mark { return true }
      offset = offset == 0 ? 512 : 2 * offset
    }
    return false
  }

  /// Whether the file is the numbers of a checkpoint, whose index lies beside it.
  private static func isData(_ path: String) -> Bool {
    guard let part = path.lastIndex(of: "."), path[part...].hasPrefix(".data-") else {
      return false
    }
    return access("\(path[..<part]).index", F_OK) == 0
  }

  private static func bytes(of path: String, from offset: Int, count: Int) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, offset >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    let got = pread(descriptor, &bytes, count, off_t(offset))
    return Array(bytes.prefix(max(got, 0)))
  }
}

extension [UInt8] {
  /// Whether the bytes hold that text.
  fileprivate func contains(_ text: String) -> Bool {
    let text = Array(text.utf8)
    return indices.dropLast(text.count - 1).contains { self[$0..<($0 + text.count)] == text[...] }
  }
}
