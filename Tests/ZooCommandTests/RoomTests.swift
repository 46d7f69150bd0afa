import Foundation
import Testing

/// The rules of ARCHITECTURE.md that imports can break.
@Suite struct RoomTests {
  @Test(
    "Imports point one way",
    arguments: [
      (room: "zoo", forbidden: ["HDF5", "KerasConverter", "Engine", "CHDF5"]),
      (room: "converters", forbidden: ["Zoo", "Engine", "CHDF5"]),
      (room: "Sources/Tensors", forbidden: ["Layers", "HDF5", "Engine", "CHDF5"]),
      (room: "Sources/Layers", forbidden: ["Engine", "HDF5", "Zoo", "CHDF5"]),
      (room: "Sources/Engine", forbidden: ["Zoo", "HDF5", "KerasConverter", "CHDF5"]),
      (room: "Sources/Boxes", forbidden: ["Tensors", "Datasets", "Detection"]),
      (room: "Sources/Datasets", forbidden: ["Zoo", "HDF5", "Engine", "Detection", "CHDF5"]),
      (room: "Sources/Drawing", forbidden: ["Engine", "Detection", "CImageIO", "CExpat"]),
      (room: "Sources/Scenes", forbidden: ["Engine", "Detection", "CImageIO", "CExpat"]),
      (
        room: "Sources/Detection",
        forbidden: ["Zoo", "HDF5", "KerasConverter", "COneDNN", "CImageIO", "CExpat"]
      ),
      (room: "Sources/Evaluation", forbidden: ["Engine", "Detection", "Training", "Zoo"]),
      (
        room: "Sources/Training",
        forbidden: ["Zoo", "Drawing", "Scenes", "COneDNN", "CHDF5", "CImageIO", "CExpat"]
      ),
      (room: "Sources/ZooCommand", forbidden: ["CHDF5", "COneDNN", "CImageIO", "CExpat"]),
    ])
  func imports(room: String, forbidden: [String]) throws {
    let folder = packageRoot.appending(path: room)
    let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    for file in try #require(files) where file.hasSuffix(".swift") {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      let imported = text.matches(of: /(?m)^\s*(?:@\w+ )*(?:\w+ )?import (\w+)/).map {
        String($0.1)
      }
      #expect(Set(imported).isDisjoint(with: forbidden), "\(room)/\(file)")
    }
  }
}
