import Foundation
import Testing

/// The rules of ARCHITECTURE.md that imports can break.
@Suite struct RoomTests {
  /// All of these are rooms of `converters`; none but the last knows another form than its own.
  static let forms = ["KerasConverter", "PyTorchConverter", "TensorFlowConverter", "WeightFormats"]
  static let converters = forms + ["Importing", "Safetensors"]
  static let libraries = ["CHDF5", "CImageIO", "CExpat", "CCurl", "CCrypto", "CZlib", "COneDNN"]

  /// What a room must not import.
  struct Rule: CustomTestStringConvertible {
    let room: String
    let forbidden: Set<String>

    init(_ room: String, _ forbidden: [String]...) {
      (self.room, self.forbidden) = (room, Set(forbidden.flatMap { $0 }))
    }

    var testDescription: String { room }
  }

  static let rules = [
    Rule("zoo", converters, ["HDF5", "Engine", "Tensors", "Downloads"]),
    Rule("converters", ["Zoo", "Engine", "Detection", "Training", "Downloads", "Datasets"]),
    Rule("converters/Importing", forms, ["Safetensors", "HDF5"]),
    Rule("converters/Keras", forms, ["Safetensors"]),
    Rule("converters/PyTorch", forms, ["HDF5"]),
    Rule("converters/Safetensors", forms, ["HDF5"]),
    Rule("converters/TensorFlow", forms, ["Safetensors", "HDF5"]),
    Rule("Sources/Files", converters, ["Tensors", "Layers", "HDF5"]),
    Rule("Sources/Tensors", converters, ["Layers", "HDF5", "Engine"]),
    Rule("Sources/Layers", converters, ["Engine", "HDF5", "Zoo"]),
    Rule("Sources/HDF5", converters, ["Layers", "Zoo", "Engine"]),
    Rule("Sources/Downloads", converters, ["Layers", "Zoo", "HDF5", "Tensors"]),
    Rule("Sources/Engine", converters, ["Zoo", "HDF5"]),
    Rule("Sources/Boxes", ["Tensors", "Datasets", "Detection"]),
    Rule("Sources/Datasets", converters, ["Zoo", "HDF5", "Engine", "Detection"]),
    Rule("Sources/Drawing", ["Engine", "Detection"]),
    Rule("Sources/Scenes", ["Engine", "Detection"]),
    Rule("Sources/Detection", converters, ["Zoo", "HDF5"]),
    Rule("Sources/Evaluation", ["Engine", "Detection", "Training", "Zoo"]),
    Rule("Sources/Training", ["Zoo", "Drawing", "Scenes", "Downloads", "WeightFormats"]),
  ]

  @Test("Imports point one way", arguments: rules)
  func imports(rule: Rule) throws {
    for (file, imported) in try Self.imports(below: rule.room) {
      #expect(imported.isDisjoint(with: rule.forbidden), "\(file)")
    }
  }

  @Test(
    "A system's library is seen by one room only",
    arguments: [
      ("CHDF5", "Sources/HDF5/"), ("CImageIO", "Sources/Datasets/"),
      ("CExpat", "Sources/Datasets/"), ("CCurl", "Sources/Downloads/"),
      ("CCrypto", "Sources/Downloads/"), ("CZlib", "Sources/Downloads/"),
      ("COneDNN", "Sources/Engine/"),
    ])
  func libraries(library: String, room: String) throws {
    let files = try ["Sources", "converters", "zoo"].flatMap { try Self.imports(below: $0) }
    let importers = files.filter { $0.imported.contains(library) }.map(\.file)
    #expect(!importers.isEmpty && importers.allSatisfy { $0.hasPrefix(room) }, "\(importers)")
  }

  @Test(
    "Files are opened, written and renamed in one room",
    arguments: ["Sources/HDF5", "Sources/Tensors", "Sources/ZooCommand", "converters"])
  func files(room: String) throws {
    let root = packageRoot.appending(path: room)
    let files = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
    for file in try #require(files).filter({ $0.hasSuffix(".swift") }) {
      let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
      for call in ["O_RDONLY", "O_WRONLY", "O_RDWR", "fopen(", "pread(", "fsync(", "rename("] {
        #expect(!text.contains(call), "\(room)/\(file)")
      }
    }
  }

  @Test("Every room opens with a page about itself", arguments: ["Sources", "converters", "zoo"])
  func pages(folder: String) throws {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: packageRoot.appending(path: folder).path)
    let rooms = folder == "zoo" ? ["."] : names.filter { !Self.libraries.contains($0) }
    for room in rooms {
      let path = packageRoot.appending(path: "\(folder)/\(room)").path
      let pages = try FileManager.default.contentsOfDirectory(atPath: path).filter {
        $0.hasSuffix(".docc")
      }
      #expect(pages.count == 1, "\(folder)/\(room)")
    }
  }

  /// The modules that each Swift file in a folder imports.
  private static func imports(
    below folder: String
  ) throws -> [(file: String, imported: Set<String>)] {
    let root = packageRoot.appending(path: folder)
    let files = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
    return try #require(files).filter { $0.hasSuffix(".swift") }.map { file in
      let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
      let lines = text.matches(of: /(?m)^\s*(?:@\w+ )*(?:\w+ )?import (?:\w+ )?(\w+)/)
      return ("\(folder)/\(file)", Set(lines.map { String($0.1) }))
    }
  }
}
