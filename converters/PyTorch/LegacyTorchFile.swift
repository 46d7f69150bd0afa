internal import Files
internal import Importing

/// The form of PyTorch before 1.6, in which most of torchvision's older weights still are: five
/// pickles one after another, then the numbers of each storage with their count before them.
struct LegacyTorchFile {
  private let file: OpenFile

  init(_ file: OpenFile) { self.file = file }

  /// The first pickle: protocol 2, and the number 0x1950a86a20f9469cfc6c.
  private static let signature: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  /// Whether a file begins as this form does, in whichever protocol of pickles.
  static func recognises(_ file: OpenFile) -> Bool {
    guard let bytes = try? file.prefix(32), bytes.count > 2,
      bytes[0] == 0x80
    else { return false }
    // From protocol 4 on, a frame of 9 bytes may come before the number.
    let rest = bytes[2...]
    let number = signature[2...]
    return rest.starts(with: number) || rest.dropFirst(9).starts(with: number)
  }

  func checkpoint() throws -> TorchCheckpoint {
    var stream = ByteStream(file, 0..<file.count)
    do {
      var reader = PickleReader()
      _ = try reader.read(&stream)
      guard try reader.read(&stream) == .integer(1001) else {
        throw PickleFlaw.damaged("expected version 1001 of the form")
      }
      // The writer's machine: the numbers are little-endian whatever it was.
      _ = try reader.read(&stream)
      let content = try reader.read(&stream)
      let keys = try reader.read(&stream)
      guard let keys = reader.values.elements(of: keys) else {
        throw PickleFlaw.damaged("expected the names of the storages")
      }
      return try TorchCheckpoint(
        file: file, form: .legacy, content: content, values: reader.values,
        ranges: try ranges(of: keys, reader.values.tensors, &stream), isBigEndian: false)
    } catch let flaw as PickleFlaw {
      throw flaw.importError(file: file.path, object: "byte \(stream.position)")
    }
  }

  /// Where each storage's numbers stand.
  private func ranges(
    of keys: [PickleValue], _ tensors: [TorchTensor], _ stream: inout ByteStream
  ) throws -> [String: Range<Int>] {
    var storages: [String: TorchStorage] = [:]
    for tensor in tensors {
      let known = storages.updateValue(tensor.storage, forKey: tensor.storage.key)
      guard known == nil || known == tensor.storage else {
        throw PickleFlaw.damaged("describes the storage \(tensor.storage.key.shortened) twice")
      }
    }
    var ranges: [String: Range<Int>] = [:]
    var position = stream.position
    for key in keys {
      guard case .text(let key) = key, let storage = storages[key],
        let byteCount = storage.byteCount
      else { throw PickleFlaw.damaged("lists a storage that no tensor uses") }
      var head = ByteStream(file, position..<file.count)
      guard try head.number(8) == storage.count, byteCount <= head.remaining else {
        throw PickleFlaw.damaged(
          "describes a storage of \(storage.count) numbers, which the file does not have at byte "
            + "\(position)")
      }
      position += 8
      guard ranges.updateValue(position..<(position + byteCount), forKey: key) == nil else {
        throw PickleFlaw.damaged("lists the storage \(key.shortened) twice")
      }
      position += byteCount
    }
    return ranges
  }
}
