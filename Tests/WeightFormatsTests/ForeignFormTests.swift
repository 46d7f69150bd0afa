import Files
import Importing
import Mutations
import Testing

@testable import WeightFormats

/// Files in forms that are not read say what they are, and what to do.
@Suite("Telling what a file is that holds no weights")
struct ForeignFormTests {
  /// A file's first bytes, what it is taken for and what is advised.
  struct Example: CustomTestStringConvertible {
    let content: [UInt8]
    let found: String
    let advice: String

    init(_ content: [UInt8], _ found: String, _ advice: String) {
      (self.content, self.found, self.advice) = (content, found, advice)
    }

    init(_ content: String, _ found: String, _ advice: String) {
      self.init(Array(content.utf8), found, advice)
    }

    var testDescription: String { found }
  }

  private static let again = "the download went wrong, download it again"
  private static let unpack = "unpack it, and name a file in it"
  private static let weights = "name the file of weights"

  static let examples = [
    Example("", "an empty file", again),
    Example(
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 102973672\n",
      "a pointer of Git LFS in the place of the file",
      "run git lfs pull, or download the file itself"),
    Example("<!DOCTYPE html>\n<html lang=\"en\">", "a page of the web (HTML)", again),
    Example("\u{FEFF}\r\n  <HTML><HEAD>", "a page of the web (HTML)", again),
    Example("<?xml version=\"1.0\"?><Error><Code>AccessDenied", "an XML document", weights),
    Example(
      [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], "a file compressed by gzip (.gz, .tar.gz)", unpack),
    Example("BZh91AY&SY", "a file compressed by bzip2", unpack),
    Example([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4], "a file compressed by xz", unpack),
    Example([0x28, 0xB5, 0x2F, 0xFD, 4], "a file compressed by zstd", unpack),
    Example([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0], "a 7z archive", unpack),
    Example(
      Array("weights.h5".utf8) + [UInt8](repeating: 0, count: 247) + Array("ustar  ".utf8),
      "a tar archive", unpack),
    Example([0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10], "a JPEG picture", weights),
    Example([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "a PNG picture", weights),
    Example("GIF89a", "a GIF picture", weights),
    Example("RIFF\u{10}\u{0}\u{0}\u{0}WEBPVP8 ", "a WebP picture", weights),
    Example("%PDF-1.7\n", "a PDF document", weights),
    Example(
      [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0], "one array of NumPy (.npy)",
      "save the whole model's weights in a form that is read"),
    Example(
      [0x1C, 0, 0, 0] + Array("TFL3".utf8), "a model of TensorFlow Lite (.tflite)",
      "name the model that it was converted from"),
    Example("GGUF\u{3}\u{0}", "a model in GGUF", "name the model that it was converted from"),
    Example(
      [0x08, 0x01, 0x12, 0xD4, 0x08, 0x0A], "the graph of a SavedModel",
      "name the folder that it is in"),
    Example(
      [0x08, 0x07, 0x12, 0x07] + Array("pytorch".utf8), "a model in ONNX",
      "name the model that it was exported from"),
    Example("Dear diary, today I trained a network.\n", "a text", weights),
    // The 512 bytes that are looked at end within a character.
    Example(String(repeating: "ü", count: 255) + "x" + "ü", "a text", weights),
    Example([UInt8](repeating: 0xFF, count: 600), "bytes of an unknown form", weights),
    Example([0, 1, 2, 3], "bytes of an unknown form", weights),
    Example(ZipBytes.archive(of: ["a.jpg", "b.jpg"]), "a zip archive of a.jpg, b.jpg", unpack),
    Example(
      ZipBytes.archive(of: ["1", "2", "3", "4", "5"]), "a zip archive of 1, 2, 3, 4, …", unpack),
    Example(
      ZipBytes.archive(of: ["w.npy", "b.npy"]), "arrays of NumPy (.npz), w.npy, b.npy",
      "save the weights in a form that is read"),
    Example(ZipBytes.archive(of: []), "an empty zip archive", weights),
  ]

  @Test("Each form says its name and what to do", arguments: examples)
  func forms(example: Example) throws {
    try withTemporaryFolder { folder in
      // Whatever a file is called.
      for name in ["file.h5", "file.pth", "file"] {
        let path = "\(folder)/\(name)"
        try write(example.content, to: path)
        let message = try #require(failure { try WeightFormats.open(path) })
        let expected =
          "\(path): is in no form that is read, expected HDF5 or .keras of Keras, .pth of PyTorch, "
          + "safetensors, or a checkpoint, SavedModel or frozen graph of TensorFlow, found "
          + "\(example.found); \(example.advice)"
        #expect(message == expected)
      }
    }
  }

  @Test("Every entry of the table has an example")
  func completeness() {
    let known = Set(Self.examples.map(\.found))
    for form in ForeignForm.all { #expect(known.contains(form.name), "\(form.name)") }
  }

  @Test("No file of weights is taken for another form")
  func ownForms() throws {
    for file in [
      "KerasConverterTests/keras2_weights.h5", "KerasConverterTests/keras3.keras",
      "PyTorchConverterTests/vgg.pth", "PyTorchConverterTests/resnet_basic_legacy.pth",
      "SafetensorsTests/float32.safetensors", "TensorFlowConverterTests/slim1.ckpt",
      "TensorFlowConverterTests/slim.pb", "TensorFlowConverterTests/slim.ckpt.index",
    ] {
      let head = try OpenFile(reading: fixture(file)).prefix(ForeignForm.headByteCount)
      #expect(ForeignForm.recognised(by: head) == nil, "\(file)")
    }
  }

  @Test("Compressed members are refused with the reason and what to do")
  func compressed() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      try write(
        ZipBytes.archive(of: ["config.json", "model.weights.h5"], method: 8), to: path)
      let keras = try #require(failure { try WeightFormats.open(path) })
      #expect(keras.contains("is an archive in which config.json is compressed, which is not read"))
      #expect(keras.hasSuffix("unpack it and pack it again with zip -0"))
      try write(ZipBytes.archive(of: ["config.json", "model.weights.npz"], method: 8), to: path)
      let npz = try #require(failure { try WeightFormats.open(path) })
      #expect(npz.contains("is a Keras archive with its weights as .npz, which is not read"))
      try write(ZipBytes.archive(of: ["x/data.pkl", "x/version"], method: 8), to: path)
      let torch = try #require(failure { try WeightFormats.open(path) })
      #expect(torch.contains("is a zip archive with the compressed member x/data.pkl"))
      try write(ZipBytes.archive(of: ["config.json", "model.weights.h5"], flags: 1), to: path)
      let encrypted = try #require(failure { try WeightFormats.open(path) })
      #expect(encrypted.contains("config.json is encrypted"))
    }
  }
}

/// Archives of members that hold nothing of use.
private enum ZipBytes {
  static func archive(of names: [String], method: Int = 0, flags: Int = 0) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for name in names {
      let common =
        number(20, 2) + number(flags, 2) + number(method, 2) + number(0, 8) + number(2, 4)
        + number(2, 4) + number(name.utf8.count, 2) + number(0, 2)
      directory +=
        Array("PK\u{1}\u{2}".utf8) + number(20, 2) + common + number(0, 10)
        + number(file.count, 4) + name.utf8
      file += Array("PK\u{3}\u{4}".utf8) + common + name.utf8 + [1, 2]
    }
    return file + directory + Array("PK\u{5}\u{6}".utf8) + number(0, 4) + number(names.count, 2)
      + number(names.count, 2) + number(directory.count, 4) + number(file.count, 4) + number(0, 2)
  }
}
