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
      try png(Image(width: width, height: height, pixels: pixels)).write(
        to: URL(filePath: "\(folder)/\(name)/\(index).png"))
    }
  }
}

/// A picture as a PNG file, not compressed.
private func png(_ image: Image) -> Data {
  var rows: [UInt8] = []
  for row in 0..<image.height {
    rows.append(0)
    rows += image.pixels[(row * image.width * 3)..<((row + 1) * image.width * 3)]
  }
  var stored: [UInt8] = [0x78, 0x01, 0x01]
  for number in [rows.count, ~rows.count] {
    stored += [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
  }
  stored += rows
  stored += bigEndian(adler32(rows))
  var header = bigEndian(UInt32(image.width)) + bigEndian(UInt32(image.height))
  header += [8, 2, 0, 0, 0]
  var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  for (type, content) in [("IHDR", header), ("IDAT", stored), ("IEND", [])] {
    let body = Array(type.utf8) + content
    file += bigEndian(UInt32(content.count))
    file += body
    file += bigEndian(crc32(body))
  }
  return Data(file)
}

private func bigEndian(_ number: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~UInt32(0)) { crc, byte in
    (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in
      value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0)
    }
  }
}

private func adler32(_ bytes: [UInt8]) -> UInt32 {
  let (a, b) = bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
    let a = (sums.0 + UInt32(byte)) % 65521
    return (a, (sums.1 + a) % 65521)
  }
  return b << 16 | a
}
