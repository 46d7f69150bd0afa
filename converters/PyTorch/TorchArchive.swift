internal import Files
internal import Importing

/// The form of PyTorch since 1.6: a ZIP archive with the pickle `NAME/data.pkl` and the numbers of
/// each storage in `NAME/data/KEY`.
struct TorchArchive {
  private let file: OpenFile
  private let directory: ZipArchive
  /// What all members' names begin with.
  private let prefix: String

  init(_ file: OpenFile) throws {
    self.file = file
    directory = try ZipArchive(file)
    let names = directory.members.map(\.name)
    guard let pickle = names.first(where: { $0.isInFolder && $0.hasSuffix("/data.pkl") }) else {
      throw ImportError.notWeights(
        file: file.path,
        found: "a zip archive without a member NAME/data.pkl, which torch.save writes")
    }
    prefix = String(pickle.dropLast("data.pkl".count))
    if directory["\(prefix)constants.pkl"] != nil
      || names.contains(where: { $0.hasPrefix("\(prefix)code/") })
    {
      throw ImportError.unreadableForm(
        file: file.path, form: "a TorchScript program",
        advice: "load it with torch.jit.load and save its state_dict() with torch.save")
    }
  }

  /// Whether the archive has the member that every checkpoint has.
  static func recognises(_ file: OpenFile) -> Bool {
    guard ZipArchive.recognises(file), let directory = try? ZipArchive(file) else {
      return false
    }
    return directory.members.contains { $0.name.isInFolder && $0.name.hasSuffix("/data.pkl") }
  }

  func checkpoint() throws -> TorchCheckpoint {
    guard let pickle = directory["\(prefix)data.pkl"] else {
      throw ImportError.notWeights(file: file.path, found: "a zip archive without data.pkl")
    }
    var stream = ByteStream(file, try range(of: pickle))
    var reader = PickleReader()
    let content: PickleValue
    do {
      content = try reader.read(&stream)
    } catch {
      throw error.importError(file: file.path, object: pickle.name)
    }
    var ranges: [String: Range<Int>] = [:]
    for tensor in reader.values.tensors where ranges[tensor.storage.key] == nil {
      if let member = directory["\(prefix)data/\(tensor.storage.key)"] {
        ranges[tensor.storage.key] = try range(of: member)
      }
    }
    return try TorchCheckpoint(
      file: file, form: .archive, content: content, values: reader.values, ranges: ranges,
      isBigEndian: try isBigEndian())
  }

  private func range(of member: ZipArchive.Member) throws -> Range<Int> {
    guard member.packing == .stored else {
      throw ImportError.unreadableForm(
        file: file.path, form: "a zip archive with the \(member.packing) member \(member.name)",
        advice: "torch.save stores members as they are; load the file in PyTorch and save it again")
    }
    return try directory.range(of: member)
  }

  /// The order of bytes that the archive states; the first versions stated none and ran on
  /// little-endian machines.
  private func isBigEndian() throws -> Bool {
    guard let member = directory["\(prefix)byteorder"] else { return false }
    let range = try range(of: member)
    let text = try file.bytes(at: range.lowerBound, count: min(range.count, 16))
    switch String(decoding: text, as: UTF8.self) {
    case "little": return false
    case "big": return true
    case let other:
      throw ImportError.damaged(
        file: file.path, object: member.name,
        reason: "expected 'little' or 'big', found '\(other.shortened)'")
    }
  }
}

extension String {
  /// Whether the name is that of a file in a folder at the top.
  fileprivate var isInFolder: Bool { utf8.count { $0 == UInt8(ascii: "/") } == 1 }
}
