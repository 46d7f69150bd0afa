import Datasets
import Foundation

/// A folder that is gone when its last user is.
final class TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.appending(path: "training-\(UUID().uuidString)")
      .path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// Writes pictures of three colours, noisy and not quite pure, `count` of each: easy to tell apart.
func writePictures(to folder: String, count: Int) throws {
  for (label, name) in ["blue", "green", "red"].enumerated() {
    try FileManager.default.createDirectory(
      atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    for index in 0..<count {
      var generator = SeededGenerator(seed: 1, for: name, index)
      let (width, height) = (14 + index % 5, 18 - index % 4)
      let pixels = (0..<(width * height * 3)).map { position in
        UInt8((position % 3 == 2 - label ? 120 : 40) + generator.index(below: 100))
      }
      try Image(width: width, height: height, pixels: pixels)
        .write(to: "\(folder)/\(name)/\(index).png")
    }
  }
}
