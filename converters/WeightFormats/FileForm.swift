internal import Files
internal import Importing

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
  /// - Throws: `FileError` if it is not there, cannot be read, or is an archive that is damaged;
  ///   `ImportError` if it is an archive of something else than weights.
  init(_ path: String) throws {
    if FileKind(path) == .folder || FileKind(path) == nil && FileKind("\(path).index") != nil {
      self = .tensorFlowCheckpoint
      return
    }
    let file = try OpenFile(reading: path)
    let head = try file.prefix(512)
    if ZipArchive.recognises(file) {
      self = try Self.form(of: ZipArchive(file))
    } else if head.first == 0x80, head.count > 1, 2...5 ~= head[1] {
      // The opcode that begins a pickle, and its version.
      self = .pyTorch
    } else if head.count > 8, head[8] == UInt8(ascii: "{"),
      Self.headerFits(head, byteCount: file.count)
    {
      self = .safetensors
    } else if try head.firstCharacter == UInt8(ascii: "{") || Self.isHDF5(file) {
      self = .keras
    } else if try Self.isTable(file) || Self.isData(path) {
      self = .tensorFlowCheckpoint
    } else {
      self = .unmarked
    }
  }

  /// Whose archive it is, by the names of its members.
  private static func form(of archive: ZipArchive) throws(ImportError) -> FileForm {
    let names = archive.members.map(\.name)
    if names.contains(where: { $0.hasSuffix("/data.pkl") }) { return .pyTorch }
    if names.contains(where: { $0 == "config.json" || $0.hasPrefix("model.weights.") }) {
      return .keras
    }
    throw .unknown(archive)
  }

  /// Whether a safetensors file's first number, its header's length, can be one.
  private static func headerFits(_ head: [UInt8], byteCount: Int) -> Bool {
    let length = head.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return length <= UInt64(max(byteCount - 8, 0))
  }

  /// HDF5's mark is at the beginning or, after bytes of somebody else's, at 512 times a power of two.
  private static func isHDF5(_ file: OpenFile) throws(FileError) -> Bool {
    let mark: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    var offset = 0
    while offset <= file.count - mark.count {
      if try file.bytes(at: offset, count: mark.count) == mark { return true }
      offset = offset == 0 ? 512 : 2 * offset
    }
    return false
  }

  /// Whether the file ends as a checkpoint's table does.
  private static func isTable(_ file: OpenFile) throws(FileError) -> Bool {
    let mark: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
    guard file.count >= mark.count else { return false }
    return try file.bytes(at: file.count - mark.count, count: mark.count) == mark
  }

  /// Whether the file is the numbers of a checkpoint, whose index lies beside it.
  private static func isData(_ path: String) -> Bool {
    guard let part = path.lastIndex(of: "."), path[part...].hasPrefix(".data-") else {
      return false
    }
    return FileKind("\(path[..<part]).index") != nil
  }
}
