import Foundation
import Testing

/// The rules of ARCHITECTURE.md that imports can break.
@Suite struct RoomTests {
  /// All of these are rooms of `converters`; none but the last knows another form than its own.
  static let forms = ["KerasConverter", "PyTorchConverter", "TensorFlowConverter", "WeightFormats"]
  static let converters = forms + ["Importing", "Safetensors"]
  static let libraries = ["CHDF5", "CImageIO", "CExpat", "CCurl", "CCrypto", "COneDNN"]

  @Test(
    "Imports point one way",
    arguments: [
      (room: "zoo", forbidden: converters + ["HDF5", "Engine", "Tensors", "Downloads"]),
      (
        room: "converters",
        forbidden: ["Zoo", "Engine", "Detection", "Training", "Downloads", "Datasets"]
      ),
      (room: "converters/Importing", forbidden: forms + ["Safetensors", "HDF5"]),
      (room: "converters/Keras", forbidden: forms + ["Safetensors"]),
      (room: "converters/PyTorch", forbidden: forms + ["HDF5"]),
      (room: "converters/Safetensors", forbidden: forms + ["HDF5"]),
      (room: "converters/TensorFlow", forbidden: forms + ["Safetensors", "HDF5"]),
      (room: "Sources/Tensors", forbidden: converters + ["Layers", "HDF5", "Engine"]),
      (room: "Sources/Layers", forbidden: converters + ["Engine", "HDF5", "Zoo"]),
      (room: "Sources/HDF5", forbidden: converters + ["Layers", "Zoo", "Engine"]),
      (room: "Sources/Downloads", forbidden: converters + ["Layers", "Zoo", "HDF5", "Tensors"]),
      (room: "Sources/Engine", forbidden: converters + ["Zoo", "HDF5"]),
      (room: "Sources/Boxes", forbidden: ["Tensors", "Datasets", "Detection"]),
      (room: "Sources/Datasets", forbidden: converters + ["Zoo", "HDF5", "Engine", "Detection"]),
      (room: "Sources/Drawing", forbidden: ["Engine", "Detection"]),
      (room: "Sources/Scenes", forbidden: ["Engine", "Detection"]),
      (room: "Sources/Detection", forbidden: converters + ["Zoo", "HDF5"]),
      (room: "Sources/Evaluation", forbidden: ["Engine", "Detection", "Training", "Zoo"]),
      (
        room: "Sources/Training",
        forbidden: ["Zoo", "Drawing", "Scenes", "Downloads", "WeightFormats"]
      ),
    ])
  func imports(room: String, forbidden: [String]) throws {
    for (file, imported) in try Self.imports(below: room) {
      #expect(imported.isDisjoint(with: forbidden), "\(file)")
    }
  }

  @Test(
    "A system's library is seen by one room only",
    arguments: [
      ("CHDF5", "Sources/HDF5/"), ("CImageIO", "Sources/Datasets/"),
      ("CExpat", "Sources/Datasets/"), ("CCurl", "Sources/Downloads/"),
      ("CCrypto", "Sources/Downloads/"), ("COneDNN", "Sources/Engine/"),
    ])
  func libraries(library: String, room: String) throws {
    let files = try ["Sources", "converters", "zoo"].flatMap { try Self.imports(below: $0) }
    let importers = files.filter { $0.imported.contains(library) }.map(\.file)
    #expect(!importers.isEmpty && importers.allSatisfy { $0.hasPrefix(room) }, "\(importers)")
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
