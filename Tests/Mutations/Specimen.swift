/// A file to be damaged, and what helps to do it where it matters.
public struct Specimen: Sendable {
  /// The whole file.
  public let bytes: [UInt8]
  /// Where structures begin that lead a reader.
  let anchors: [Int]
  /// Bytes with a checksum after them.
  let seals: [Seal]

  /// Looks through a file for structures that it knows.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    anchors = Anchors.places(in: bytes)
    seals = Seal.all(in: bytes)
  }

  /// The file with one to four random changes.
  ///
  /// Checksums are made right again as a rule, so that what they protect is reached.
  ///
  /// - Parameters:
  ///   - generator: Where the chance comes from.
  ///   - donor: Another file, of which parts may be taken.
  /// - Returns: The damaged file.
  public func mutant(using generator: inout SeededGenerator, donor: Specimen? = nil) -> [UInt8] {
    var mutant = bytes
    for _ in 0..<(1 + min(generator.below(4), generator.below(4))) {
      let mutation = Mutation.allCases[generator.below(Mutation.allCases.count)]
      let place = place(in: mutant, using: &generator)
      mutation.apply(to: &mutant, at: place, donor: (donor ?? self).bytes, using: &generator)
    }
    if generator.below(8) > 0 {
      for seal in seals { seal.renew(in: &mutant) }
    }
    return mutant
  }

  /// A place to damage: rarely any, mostly near a structure's beginning, or a byte that is not zero.
  private func place(in mutant: [UInt8], using generator: inout SeededGenerator) -> Int {
    switch generator.below(8) {
    case 0: return generator.below(mutant.count)
    case 1...4 where !anchors.isEmpty:
      return min(anchors[generator.below(anchors.count)] + generator.below(64), mutant.count)
    case 5: return generator.below(min(mutant.count, 2000))
    case 6: return max(mutant.count - 1 - generator.below(1000), 0)
    default:
      for _ in 0..<32 {
        let place = generator.below(mutant.count)
        if mutant.indices.contains(place), mutant[place] != 0 { return place }
      }
      return 0
    }
  }
}

/// Finds the structures of the forms that weights come in.
enum Anchors {
  static func places(in bytes: [UInt8]) -> [Int] { places(of: all, in: bytes) }

  /// Where any of some marks stands.
  static func places(of all: [[UInt8]], in bytes: [UInt8]) -> [Int] {
    // By their first byte, to look at each byte once, and without the slowness of a debug build.
    var marks = [[[UInt8]]](repeating: [], count: 256)
    for mark in all { marks[Int(mark[0])].append(mark) }
    let isFirst = marks.map { !$0.isEmpty }
    var places: [Int] = []
    bytes.withUnsafeBufferPointer { bytes in
      for place in 0..<bytes.count where isFirst[Int(bytes[place])] {
        let rest = bytes[place...]
        if marks[Int(bytes[place])].contains(where: { rest.starts(with: $0) }) {
          places.append(place)
        }
      }
    }
    return places
  }

  private static let all: [[UInt8]] =
    [
      // HDF5's signatures.
      "\u{D}\n\u{1A}\n", "TREE", "SNOD", "HEAP", "GCOL", "OHDR", "OCHK", "FRHP", "FHDB", "FHIB",
      "FSHD", "BTHD", "BTLF", "BTIN", "FADB", "FAHD", "EAHD", "EAIB", "FSSE", "SMTB",
      // Zip's.
      "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}",
      // Keys of JSON, and names in pickles and graphs.
      "\"shape\"", "\"dtype\"", "\"data_offsets\"", "\"weight_map\"", "\"layers\"", "\"config\"",
      "ctorch", "_rebuild", "FloatStorage", "value", "dtype", "Const",
    ].map { Array($0.utf8) } + [
      // The object header of HDF5's older form: version 1, and one link to it.
      [1, 0, 1, 0, 1, 0, 0, 0], [1, 0, 2, 0, 1, 0, 0, 0], [1, 0, 3, 0, 1, 0, 0, 0],
      [1, 0, 4, 0, 1, 0, 0, 0], [1, 0, 5, 0, 1, 0, 0, 0], [1, 0, 6, 0, 1, 0, 0, 0],
    ]
}
