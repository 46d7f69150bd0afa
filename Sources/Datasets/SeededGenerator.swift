internal import Glibc

/// Random numbers that follow from a seed and from what they are for.
///
/// Each purpose has a sequence of its own, so what is drawn for one picture depends neither on the
/// order in which threads take pictures up nor on where a run was stopped and resumed. The sequences
/// are SplitMix64's (Steele et al., [Fast Splittable Pseudorandom Number
/// Generators](https://doi.org/10.1145/2660193.2660195)).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Makes the sequence of one purpose.
  ///
  /// - Parameters:
  ///   - seed: Chooses all sequences at once.
  ///   - purpose: What the numbers are for.
  ///   - indices: Which of the things of that purpose, for example an epoch and a picture.
  public init(seed: UInt64, for purpose: String, _ indices: Int...) {
    state = Self.mixed(seed ^ Self.hash(purpose))
    for index in indices { state = Self.mixed(state &+ UInt64(bitPattern: Int64(index))) }
  }

  public mutating func next() -> UInt64 {
    state &+= Self.increment
    return Self.finished(state)
  }

  /// Draws a number from 0 to below 1, evenly.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Draws a number from 0 to below `count`, evenly.
  ///
  /// Written out because the standard library's way may change between versions.
  ///
  /// - Precondition: `count` is positive.
  public mutating func index(below count: Int) -> Int {
    precondition(count > 0, "there is no number from 0 to below \(count)")
    // Of 2⁶⁴ values so few are favoured that no run is long enough to notice.
    return Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// Draws a number of the normal distribution with mean 0 and variance 1, by Box and Muller.
  public mutating func normal() -> Double {
    let (radius, angle) = (1 - uniform(), uniform())
    return (-2 * log(radius)).squareRoot() * cos(2 * .pi * angle)
  }

  /// Draws an order of the numbers from 0 to below `count`, by Fisher and Yates.
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, index(below: last + 1))
    }
    return order
  }

  /// A text as a number that is the same in every process: FNV-1a.
  static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mixed(_ value: UInt64) -> UInt64 { finished(value &+ increment) }

  private static func finished(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
