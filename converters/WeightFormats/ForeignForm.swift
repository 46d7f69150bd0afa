/// A form of file that holds no weights to read, known by its first bytes.
///
/// It tells a user what has gone wrong: most such files are where a download was to be.
struct ForeignForm {
  /// What the file is, in words.
  let name: String
  /// What to do to have weights.
  let advice: String
  /// Whether a file's first ``headByteCount`` bytes are of this form.
  let matches: @Sendable ([UInt8]) -> Bool

  /// How much of a file is looked at.
  static let headByteCount = 512

  private static let downloadAgain = "the download went wrong, download it again"
  private static let unpack = "unpack it, and name a file in it"
  private static let passWeights = "name the file of weights"

  /// The form that a file's first bytes show; none for what nobody knows.
  static func recognised(by head: [UInt8]) -> ForeignForm? { all.first { $0.matches(head) } }

  /// All that are known; the first that matches counts.
  static let all = [
    ForeignForm("an empty file", advice: downloadAgain) { $0.isEmpty },
    ForeignForm(
      "a pointer of Git LFS in the place of the file",
      advice: "run git lfs pull, or download the file itself",
      "version https://git-lfs.github.com/spec/"),
    ForeignForm("a page of the web (HTML)", advice: downloadAgain) { head in
      let text = head.text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.prefix(64).lowercased()
      return ["<!doctype html", "<html", "<head"].contains { text.hasPrefix($0) }
    },
    ForeignForm("an XML document", advice: passWeights, "<?xml"),
    ForeignForm("a file compressed by gzip (.gz, .tar.gz)", advice: unpack, [0x1F, 0x8B]),
    ForeignForm("a file compressed by bzip2", advice: unpack, "BZh"),
    ForeignForm(
      "a file compressed by xz", advice: unpack, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
    ForeignForm("a file compressed by zstd", advice: unpack, [0x28, 0xB5, 0x2F, 0xFD]),
    ForeignForm("a 7z archive", advice: unpack, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    ForeignForm("a tar archive", advice: unpack, "ustar", at: 257),
    ForeignForm("a JPEG picture", advice: passWeights, [0xFF, 0xD8, 0xFF]),
    ForeignForm("a PNG picture", advice: passWeights, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A]),
    ForeignForm("a GIF picture", advice: passWeights, "GIF8"),
    ForeignForm("a WebP picture", advice: passWeights, "WEBP", at: 8),
    ForeignForm("a PDF document", advice: passWeights, "%PDF-"),
    ForeignForm(
      "one array of NumPy (.npy)", advice: "save the whole model's weights in a form that is read",
      [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]),
    ForeignForm(
      "a model of TensorFlow Lite (.tflite)", advice: "name the model that it was converted from",
      "TFL3", at: 4),
    ForeignForm(
      "a model in GGUF", advice: "name the model that it was converted from", "GGUF"),
    ForeignForm(
      "the graph of a SavedModel", advice: "name the folder that it is in", [0x08, 0x01, 0x12]),
    ForeignForm(
      "a model in ONNX", advice: "name the model that it was exported from"
    ) { head in
      // A number, the version of the form, and then a text or a message: the producer, the graph.
      head.count > 2 && head[0] == 0x08 && 2...20 ~= head[1]
        && [0x12, 0x1A, 0x22, 0x2A, 0x32, 0x3A, 0x42].contains(head[2])
    },
    ForeignForm("a text", advice: passWeights) { head in
      let breaks: ClosedRange<UInt8> = 0x09...0x0D
      return head.allSatisfy { $0 >= 0x20 && $0 != 0x7F || breaks ~= $0 } && head.isText
    },
  ]

  private init(
    _ name: String, advice: String, matches: @escaping @Sendable ([UInt8]) -> Bool
  ) {
    (self.name, self.advice, self.matches) = (name, advice, matches)
  }

  private init(_ name: String, advice: String, _ mark: [UInt8], at offset: Int = 0) {
    self.init(name, advice: advice) { $0.dropFirst(offset).starts(with: mark) }
  }

  private init(_ name: String, advice: String, _ mark: String, at offset: Int = 0) {
    self.init(name, advice: advice, Array(mark.utf8), at: offset)
  }
}

extension [UInt8] {
  /// The first byte that is no blank and no end of a line.
  var firstCharacter: UInt8? { first { $0 != 0x20 && !(0x09...0x0D ~= $0) } }

  fileprivate var text: String { String(decoding: self, as: UTF8.self) }

  /// Whether the bytes are a text's beginning, which may end within a character.
  fileprivate var isText: Bool {
    (0..<4).contains { String(validating: dropLast($0), as: UTF8.self) != nil }
  }
}
