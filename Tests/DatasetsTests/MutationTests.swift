import Testing

@testable import Datasets

@Suite struct MutationTests {
  /// One to three random changes: a byte, a bit, a stretch removed, repeated or overwritten.
  static func mutate(_ file: [UInt8], using noise: inout Noise) -> [UInt8] {
    var file = file
    for _ in 0..<Int.random(in: 1...3, using: &noise) where !file.isEmpty {
      let place = Int.random(in: file.indices, using: &noise)
      let stretch = place..<min(place + Int.random(in: 1...8, using: &noise), file.count)
      switch Int.random(in: 0..<6, using: &noise) {
      case 0: file[place] = noise.nextByte()
      case 1: file[place] ^= 1 << UInt8.random(in: 0..<8, using: &noise)
      case 2: file.removeSubrange(stretch)
      case 3: file.insert(contentsOf: file[stretch], at: place)
      case 4: file.replaceSubrange(stretch, with: repeatElement(0xFF, count: stretch.count))
      default: file.removeSubrange(place...)
      }
    }
    return file
  }

  @Test("a damaged PNG file is refused, or decodes to the same pixels", arguments: Fixture.pngs)
  func png(_ fixture: Fixture) {
    var noise = Noise(seed: fixture.file.count)
    for _ in 0..<10 {
      let file = Self.mutate(fixture.file, using: &noise)
      do {
        #expect(try Image(decoding: file, name: "damaged") == fixture.expected)
      } catch {
        #expect(error.description.hasPrefix("damaged: "))
      }
    }
  }

  @Test("a damaged JPEG file is refused, or decodes to some pixels", arguments: Fixture.jpegs)
  func jpeg(_ fixture: Fixture) {
    var noise = Noise(seed: fixture.file.count)
    var refused = 0
    for _ in 0..<20 {
      let file = Self.mutate(fixture.file, using: &noise)
      do {
        _ = try Image(decoding: file, name: "damaged")
      } catch {
        refused += 1
        #expect(error.description.hasPrefix("damaged: "))
      }
    }
    #expect(refused > 0)
  }
}
