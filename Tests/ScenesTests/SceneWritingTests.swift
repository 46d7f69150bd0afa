import Boxes
import Datasets
import Foundation
import Testing

@testable import Scenes

@Suite struct SceneWritingTests {
  private func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "ScenesTests-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test("A folder has pictures, objects and lists in the form of VOC")
  func folder() throws {
    try withTemporaryFolder { parent in
      let folder = "\(parent)/scenes"
      let renderer = SceneRenderer(seed: 11, sizes: [.init(width: 150, height: 110)])
      try renderer.write(to: folder, training: 5, test: 1)
      func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: "\(folder)/ImageSets/Main/\(name).txt", encoding: .utf8)
          .split(separator: "\n").map { String($0) }
      }
      #expect(try lines("train") == (1...4).map { "train_0000\($0)" })
      #expect(try lines("val") == ["train_00005"])
      #expect(try lines("trainval") == (1...5).map { "train_0000\($0)" })
      #expect(try lines("test") == ["test_00001"])
      for name in try lines("trainval") + lines("test") {
        #expect(FileManager.default.fileExists(atPath: "\(folder)/Annotations/\(name).xml"))
      }
      let scene = renderer.scene(1)
      let image = try Image(contentsOf: "\(folder)/JPEGImages/train_00002.jpg")
      #expect((image.width, image.height) == (scene.image.width, scene.image.height))
      let text = try String(
        contentsOfFile: "\(folder)/Annotations/train_00002.xml", encoding: .utf8)
      let corners = text.matches(of: /<(?:xmin|ymin|xmax|ymax)>(\d+)</).compactMap { Float($0.1) }
      // Counted from 1, the last pixel included.
      #expect(
        corners == scene.objects.flatMap { [$0.box.x1 + 1, $0.box.y1 + 1, $0.box.x2, $0.box.y2] })
      let names = text.matches(of: /<name>(\w+)</).map { String($0.1) }
      #expect(names == scene.objects.map { SceneClasses.names[$0.label] })
    }
  }

  @Test("A place where no folder can be made is named with the reason")
  func unwritable() throws {
    try withTemporaryFolder { parent in
      try Data([1]).write(to: URL(filePath: "\(parent)/file"))
      #expect {
        try SceneRenderer(seed: 1).write(to: "\(parent)/file", training: 1, test: 1)
      } throws: {
        "\($0)"
          == "\(parent)/file/JPEGImages/train_00001.jpg: cannot be written: not a directory"
      }
    }
  }
}
