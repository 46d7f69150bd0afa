internal import Files
public import Importing
public import Layers
public import Tensors

/// A file of tensors with a JSON header, as [safetensors](https://github.com/huggingface/safetensors)
/// defines it, opened but with its tensors unread.
///
/// A tensor is called `layer/variable`. Of a name without `/`, what follows the last `.` is taken for
/// the variable; names of PyTorch's are for `PyTorchFile` to understand.
public struct SafetensorsFile: WeightFile, Sendable {
  public let path: String
  /// The texts that the file holds besides tensors.
  public let metadata: [String: String]
  /// The tensors in the order of their numbers in the file.
  public let tensors: [StoredTensor]
  private let file: OpenFile
  /// Where each tensor's numbers begin in the file.
  private let offsets: [String: Int]

  /// Opens a file, whatever its name ends with, and checks its whole header.
  ///
  /// - Throws: `FileError` if it is not there or cannot be read; `ImportError` if it is of another
  ///   form or contradicts itself: tensors must follow each other without gaps up to the file's end.
  public init(_ path: String) throws {
    let file = try OpenFile(reading: path)
    guard let (header, start) = try Self.headerBytes(of: file) else {
      throw ImportError.notWeights(file: path, found: "a file without a safetensors header")
    }
    do {
      let header = try SafetensorsHeader(parsing: header)
      let entries = header.entries.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
      try Self.check(entries, byteCount: file.count - start)
      self.init(
        file: file, metadata: header.metadata.reduce(into: [:]) { $0[$1.name] = $1.text },
        tensors: entries.map(Self.description),
        offsets: Dictionary(uniqueKeysWithValues: entries.map { ($0.name, start + $0.begin) }))
    } catch {
      throw ImportError.damaged(
        file: path, object: error.tensor?.shortened ?? "header", reason: error.reason)
    }
  }

  private init(
    file: OpenFile, metadata: [String: String], tensors: [StoredTensor], offsets: [String: Int]
  ) {
    (path, self.file, self.metadata) = (file.path, file, metadata)
    (self.tensors, self.offsets) = (tensors, offsets)
  }

  public var form: String { "safetensors" }

  /// What the file says of itself under `variant`, and otherwise Keras's, whose names it has.
  public var variant: Variant { statedVariant ?? .keras }

  /// What the file says of itself under `variant`, if that is one of ours.
  public var statedVariant: Variant? { metadata["variant"].flatMap(Variant.init(rawValue:)) }

  public func read(_ tensor: StoredTensor) throws -> Tensor {
    guard let elementType = tensor.elementType, let offset = offsets[tensor.path] else {
      throw ImportError.unsupportedType(
        file: path, tensor: tensor.path, found: tensor.typeName)
    }
    return try Tensor(
      shape: tensor.storedShape, elementType: elementType
    ) { bytes throws(FileError) in
      try file.read(into: bytes, at: offset)
    }
  }

  /// Whether a file begins as this format does.
  ///
  /// - Returns: False also for a file that cannot be read.
  public static func recognises(_ path: String) -> Bool {
    guard let file = try? OpenFile(reading: path), file.count > 8,
      let first = try? file.bytes(at: 8, count: 1)
    else { return false }
    let length = try? headerLength(of: file)
    return first == Array("{".utf8) && length != nil
  }

  /// The header's text and where the numbers begin; nil if the file begins in another way.
  private static func headerBytes(of file: OpenFile) throws -> (text: [UInt8], end: Int)? {
    guard recognises(file.path), let length = try headerLength(of: file) else { return nil }
    guard length <= file.count - 8 else {
      throw ImportError.damaged(
        file: file.path, object: "header",
        reason: "expected \(length) bytes, and the file has \(file.count - 8) after its length")
    }
    return (try file.bytes(at: 8, count: length), 8 + length)
  }

  /// The length that the file begins with; nil if the format does not allow it.
  private static func headerLength(of file: OpenFile) throws(FileError) -> Int? {
    guard file.count >= 8 else { return nil }
    let length = try file.bytes(at: 0, count: 8).reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    return length <= SafetensorsHeader.maximumByteCount ? Int(length) : nil
  }

  /// The tensors' numbers must follow each other without gaps or overlaps and fill the file, and
  /// each must have the bytes that its shape and type make.
  private static func check(
    _ entries: [SafetensorsHeader.Entry], byteCount: Int
  ) throws(SafetensorsFlaw) {
    var end = 0
    for entry in entries {
      guard entry.begin == end, entry.begin <= entry.end else {
        throw SafetensorsFlaw(
          "expected its numbers at byte \(end), where the ones before end, "
            + "found \(entry.begin) to \(entry.end)", tensor: entry.name)
      }
      end = entry.end
      guard let count = entry.shape.productOrNil else {
        throw SafetensorsFlaw(
          "has the shape \(entry.shape), which is beyond any file", tensor: entry.name)
      }
      guard let size = entry.type.bitCount else { continue }
      let (bits, isTooLarge) = count.multipliedReportingOverflow(by: size)
      guard !isTooLarge, bits % 8 == 0, bits / 8 == entry.end - entry.begin else {
        throw SafetensorsFlaw(
          "has \(entry.end - entry.begin) bytes for the shape \(entry.shape) of "
            + "\(entry.type.text)", tensor: entry.name)
      }
    }
    guard end == byteCount else {
      throw SafetensorsFlaw("describes \(end) bytes of numbers, and the file has \(byteCount)")
    }
  }

  private static func description(of entry: SafetensorsHeader.Entry) -> StoredTensor {
    let cut = entry.name.lastIndex(of: "/") ?? entry.name.lastIndex(of: ".")
    return StoredTensor(
      path: entry.name, layer: String(entry.name[..<(cut ?? entry.name.endIndex)]),
      variable: cut.map { String(entry.name[$0...].dropFirst()) } ?? "",
      storedShape: entry.shape, elementType: entry.type.elementType, typeName: entry.type.text)
  }
}
