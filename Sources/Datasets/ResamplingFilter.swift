/// Which neighbours along one axis make up each new pixel, and with which weights.
///
/// The weights are those of a triangle that reaches one old pixel to either side, or one new pixel
/// where those are larger. They are rounded to whole multiples of 2⁻²², which is Pillow's arithmetic
/// for 8-bit channels.
struct ResamplingFilter {
  /// The neighbours of one new pixel.
  private struct Window {
    /// The first neighbour's position.
    var start: Int
    let weights: Range<Int>
  }

  private var windows: [Window] = []
  private var weights: [Int32] = []

  private static let fractionBits: Int32 = 22

  /// Computes the windows of some of the new positions.
  init(from oldCount: Int, to newCount: Int, positions: Range<Int>) {
    let scale = Double(oldCount) / Double(newCount)
    let reach = max(scale, 1)
    windows.reserveCapacity(positions.count)
    var triangle: [Double] = []
    for position in positions {
      let center = (Double(position) + 0.5) * scale
      let start = max(Int(center - reach + 0.5), 0)
      let end = min(Int(center + reach + 0.5), oldCount)
      triangle.removeAll(keepingCapacity: true)
      var sum = 0.0
      for neighbour in start..<end {
        // Multiplied by the reciprocal, as Pillow does: a division rounds otherwise.
        let distance = abs((Double(neighbour) - center + 0.5) * (1 / reach))
        let weight = distance < 1 ? 1 - distance : 0
        triangle.append(weight)
        sum += weight
      }
      windows.append(
        Window(start: start, weights: weights.count..<(weights.count + triangle.count)))
      let one = Double(1 << Self.fractionBits)
      for weight in triangle {
        weights.append(Int32(0.5 + (sum == 0 ? weight : weight / sum) * one))
      }
    }
  }

  /// The old positions that any window reads.
  var span: Range<Int> {
    let starts = windows.map(\.start)
    let ends = windows.map { $0.start + $0.weights.count }
    return (starts.min() ?? 0)..<(ends.max() ?? 0)
  }

  /// Counts the old positions from elsewhere.
  mutating func shift(by distance: Int) {
    for index in windows.indices { windows[index].start += distance }
  }

  /// Resamples each row.
  ///
  /// - Parameters:
  ///   - source: RGB pixels.
  ///   - stride: The distance between rows of the source, in pixels.
  ///   - height: How many rows there are.
  ///   - target: Room for as many rows, without gaps.
  func apply(
    alongRowsOf source: UnsafeBufferPointer<UInt8>, stride: Int, height: Int,
    target: UnsafeMutableBufferPointer<UInt8>
  ) {
    weights.withUnsafeBufferPointer { weights in
      var output = 0
      for row in 0..<height {
        for window in windows {
          var (red, green, blue) = (Self.half, Self.half, Self.half)
          var input = (row * stride + window.start) * 3
          for index in window.weights {
            let weight = weights[index]
            red &+= Int32(source[input]) &* weight
            green &+= Int32(source[input + 1]) &* weight
            blue &+= Int32(source[input + 2]) &* weight
            input += 3
          }
          target[output] = Self.level(red)
          target[output + 1] = Self.level(green)
          target[output + 2] = Self.level(blue)
          output += 3
        }
      }
    }
  }

  /// Resamples each column.
  ///
  /// - Parameters:
  ///   - source: RGB pixels.
  ///   - stride: The distance between rows of the source, in pixels.
  ///   - width: How many columns there are.
  ///   - target: Room for rows of as many pixels, without gaps.
  func apply(
    downColumnsOf source: UnsafeBufferPointer<UInt8>, stride: Int, width: Int,
    target: UnsafeMutableBufferPointer<UInt8>
  ) {
    let count = width * 3
    // Row after row into sums, which the compiler can vectorise.
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { sums in
      weights.withUnsafeBufferPointer { weights in
        for (row, window) in windows.enumerated() {
          sums.initialize(repeating: Self.half)
          for (offset, index) in window.weights.enumerated() {
            let weight = weights[index]
            let start = (window.start + offset) * stride * 3
            let input = UnsafeBufferPointer(rebasing: source[start..<(start + count)])
            for column in 0..<count { sums[column] &+= Int32(input[column]) &* weight }
          }
          let start = row * count
          let output = UnsafeMutableBufferPointer(rebasing: target[start..<(start + count)])
          for column in 0..<count { output[column] = Self.level(sums[column]) }
        }
      }
    }
  }

  /// What rounds to the nearest once the fraction is dropped.
  private static var half: Int32 { 1 << (fractionBits - 1) }

  /// The 8-bit number of a sum of weighted ones.
  private static func level(_ sum: Int32) -> UInt8 {
    UInt8(clamping: sum >> fractionBits)
  }
}
