import HDF5
import Importing
import KerasConverter
import Layers
import Mutations
import Tensors
import Testing

/// Damaged files: an error, or the very same numbers, but for those whose own bytes were changed.
@Suite struct MutationTests {
  @Test(
    "Damage never goes unnoticed, and never brings the program down",
    arguments: [
      "keras2_weights.h5", "keras3_bfloat16.h5", "keras2_gzip.h5", "keras3.weights.h5",
      "keras3.keras",
    ])
  func mutations(file: String) throws {
    let original = try KerasFile(fixture(file))
    let needed = specifications(of: original)
    let whole = try original.parameters(needed: needed, known: []).parameters
    let content = try bytes(of: fixture(file))
    let owners = owners(of: content, in: original)
    var random = SeededGenerator(seed: UInt64(content.count))
    var refused = 0
    try withTemporaryFolder { folder in
      let path = "\(folder)/damaged.h5"
      for round in 0..<100 {
        let (damaged, changed) = random.damage(content, round: round, owners: owners)
        try write(damaged, to: path)
        let names = Set(changed.compactMap { owners[$0] })
        guard let parameters = try? KerasFile(path).parameters(needed: needed, known: []).parameters
        else {
          refused += 1
          continue
        }
        for (name, tensor) in parameters where !names.contains(name) {
          #expect(
            tensor.floats == whole[name]?.floats, "round \(round), bytes \(changed): \(name)")
        }
      }
    }
    // A good share of the bytes matters, and so does where they stand.
    #expect(refused > 10)
  }

  /// Which tensor each byte of the file belongs to.
  private func owners(of content: [UInt8], in file: KerasFile) -> [String?] {
    var owners = [String?](repeating: nil, count: content.count)
    // In an archive addresses count from where the HDF5 file begins.
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46]
    let base = content.indices.first { content[$0...].starts(with: signature) } ?? 0
    for weight in file.weights {
      guard case .contiguous(let start?) = weight.dataset.storage else { continue }
      for offset in start..<(start + weight.dataset.storedByteCount) {
        owners[base + offset] = weight.name
      }
    }
    return owners
  }
}

extension SeededGenerator {
  /// Damages some bytes, or cuts the file; returns also which bytes differ.
  fileprivate mutating func damage(
    _ content: [UInt8], round: Int, owners: [String?]
  ) -> (bytes: [UInt8], changed: [Int]) {
    var bytes = content
    // Most of a small file is unused; damage there would test nothing.
    let used = content.indices.filter { owners[$0] == nil && content[$0] != 0 }
    let place = round % 4 == 0 ? Int.random(in: content.indices, using: &self) : pick(used)
    var changed = [place]
    switch round % 8 {
    case 1: return (Array(content[..<place]), [])
    case 2:
      changed = Array(place..<min(place + 8, content.count))
      for index in changed { bytes[index] = 0xFF }
    case 3:
      changed = Array(place..<min(place + 16, content.count))
      for index in changed { bytes[index] = 0 }
    case 4: bytes[place] = UInt8.random(in: 0...255, using: &self)
    default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
    }
    return (bytes, changed)
  }

  private mutating func pick(_ places: [Int]) -> Int {
    places[Int.random(in: places.indices, using: &self)]
  }
}
