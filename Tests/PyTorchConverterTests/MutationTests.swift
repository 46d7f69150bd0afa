import Importing
import Layers
import PyTorchConverter
import Safetensors
import Tensors
import Testing

/// Damaged files: an error or numbers, never the end of the program, and never more memory than the
/// file gives reason for.
@Suite struct MutationTests {
  @Test(
    "Damage never brings the program down",
    arguments: [
      "kinds.pth", "kinds_legacy.pth", "vgg.pth", "zip64.pth", "resnet_basic_legacy4.pth",
      "resnet_basic_protocol5.pth", "resnet_basic.safetensors",
    ])
  func mutations(file: String) throws {
    let content = try bytes(of: fixture(file))
    let original = try open(fixture(file)).tensors
    var random = SplitMix(state: UInt64(content.count))
    var refused = 0
    try withTemporaryFolder { folder in
      let path = "\(folder)/damaged"
      for round in 0..<200 {
        try write(random.damage(content, round: round), to: path)
        do {
          let damaged = try open(path)
          for tensor in damaged.tensors where tensor.elementType != nil {
            let numbers = try damaged.read(tensor)
            #expect(numbers.byteCount <= content.count, "round \(round)")
          }
          if damaged.tensors != original { refused += 1 }
        } catch {
          let message = "\(error)"
          #expect(message.hasPrefix(path) && !message.contains("\n"), "round \(round): \(message)")
          refused += 1
        }
      }
    }
    #expect(refused > 40)
  }
}

/// A generator of the same numbers everywhere (Steele, Lea and Flood, 2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Changes some bytes that are not zero, cuts the file, or repeats or drops a part of it.
  mutating func damage(_ content: [UInt8], round: Int) -> [UInt8] {
    var bytes = content
    let used = content.indices.filter { content[$0] != 0 }
    // Directories stand at the end of archives and pickles near the beginning.
    let part = round % 3 == 0 ? used.suffix(500) : round % 3 == 1 ? used.prefix(2000) : used[...]
    let place = part[Int.random(in: part.indices, using: &self)]
    let end = min(place + Int.random(in: 1...16, using: &self), content.count)
    switch round % 8 {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
    case 1: return Array(content[..<place])
    case 2: for index in place..<end { bytes[index] = 0xFF }
    case 3: for index in place..<end { bytes[index] = 0 }
    case 4: bytes.removeSubrange(place..<end)
    case 5: bytes.insert(contentsOf: content[place..<end], at: place)
    default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
    }
    return bytes
  }
}
