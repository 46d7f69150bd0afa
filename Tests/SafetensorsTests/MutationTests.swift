import Importing
import Safetensors
import Tensors
import Testing

@Suite struct MutationTests {
  @Test(
    "Damage in the header is an error or describes tensors within the file",
    arguments: ["types.safetensors", "float32.safetensors"])
  func mutations(name: String) throws {
    let content = try bytes(of: fixture(name))
    let header = 8 + Int(content[0]) + Int(content[1]) << 8
    var random = SplitMix(state: UInt64(content.count))
    var refused = 0
    try withTemporaryFolder { folder in
      let path = "\(folder)/damaged"
      for round in 0..<400 {
        try write(random.damage(content, header: header, round: round), to: path)
        do {
          let file = try SafetensorsFile(path)
          for tensor in file.tensors where tensor.elementType != nil {
            #expect(try file.read(tensor).byteCount <= content.count)
          }
        } catch {
          let message = "\(error)"
          #expect(message.hasPrefix(path) && !message.contains("\n"), "\(round): \(message)")
          refused += 1
        }
      }
    }
    #expect(refused > 150)
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

  /// Changes, drops or repeats some bytes of the header, or cuts the file.
  mutating func damage(_ content: [UInt8], header: Int, round: Int) -> [UInt8] {
    var bytes = content
    let place = Int.random(in: 0..<header, using: &self)
    let end = min(place + Int.random(in: 1...8, using: &self), header)
    switch round % 5 {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
    case 1: return Array(content[..<Int.random(in: content.indices, using: &self)])
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: content[place..<end], at: place)
    default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
    }
    return bytes
  }
}
