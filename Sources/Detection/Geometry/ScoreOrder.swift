/// Orders scores from the largest down, of equals the first first.
///
/// A sort by digits: tens of thousands of anchors take a fraction of a millisecond, and equals stay
/// in their order.
enum ScoreOrder {
  /// Sorts indices by the scores they name.
  ///
  /// - Parameters:
  ///   - indices: Those to sort, rising.
  ///   - scores: Finite where an index names one.
  /// - Returns: The indices, those of the largest scores first.
  static func sorted(_ indices: [Int32], by scores: UnsafeBufferPointer<Float>) -> [Int32] {
    var entries = indices.map { Entry(key: fallingKey(scores[Int($0)]), index: $0) }
    var sorted = entries
    for shift in stride(from: UInt32(0), to: 32, by: digitBits) {
      distribute(entries, shift: shift, to: &sorted)
      swap(&entries, &sorted)
    }
    return entries.map(\.index)
  }

  private struct Entry {
    let key: UInt32
    let index: Int32
  }

  private static let digitBits = 11

  /// A number that is the smaller the larger the score; the same for both zeros.
  private static func fallingKey(_ score: Float) -> UInt32 {
    let bits = (score + 0).bitPattern
    return bits >> 31 == 0 ? ~(bits | 0x8000_0000) : bits
  }

  /// Writes the entries by rising digit, those of the same one in their order.
  private static func distribute(_ entries: [Entry], shift: UInt32, to sorted: inout [Entry]) {
    let mask: UInt32 = 1 << UInt32(digitBits) - 1
    var places = [Int](repeating: 0, count: 1 << digitBits)
    for entry in entries { places[Int(entry.key >> shift & mask)] += 1 }
    var place = 0
    for digit in places.indices { (places[digit], place) = (place, place + places[digit]) }
    for entry in entries {
      let digit = Int(entry.key >> shift & mask)
      sorted[places[digit]] = entry
      places[digit] += 1
    }
  }
}
