import Engine
import Layers
import Tensors

/// A batch of maps with regions on it, and a gradient of what they are pooled to.
struct RegionCase {
  var features: Tensor
  var regions: [Region]
  var gradient: Tensor

  /// Random numbers; regions of all sizes, some across the border.
  static func random(
    _ shape: [Int], regions count: Int, bins: Extent, stride: Int, seed: UInt64 = 1
  ) -> RegionCase {
    var generator = SmallGenerator(state: seed)
    let (height, width) = (Float(shape[1] * stride), Float(shape[2] * stride))
    let regions = (0..<count).map { _ in
      let (x, y) = (
        Float.random(in: -0.1 * width...0.9 * width, using: &generator),
        Float.random(in: -0.1 * height...0.9 * height, using: &generator)
      )
      return Region(
        image: Int.random(in: 0..<shape[0], using: &generator), x1: x, y1: y,
        x2: x + Float.random(in: 0...0.8 * width, using: &generator),
        y2: y + Float.random(in: 0...0.8 * height, using: &generator))
    }
    return RegionCase(
      features: .random(shape, using: &generator), regions: regions,
      gradient: .random([count, bins.height, bins.width, shape[3]], using: &generator))
  }
}

extension Tensor {
  static func random(_ shape: [Int], using generator: inout SmallGenerator) -> Tensor {
    Tensor(
      shape: shape,
      values: (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) })
  }

  /// The numbers' bits, whatever their type.
  var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// The same numbers in every run.
struct SmallGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// The sum of the products.
func dot(_ left: [Float], _ right: [Float]) -> Double {
  zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// The largest difference.
func difference(_ left: [Float], _ right: [Float]) -> Float {
  precondition(left.count == right.count, "as many numbers on both sides")
  return zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

/// Align as its definition says, sample by sample in double precision.
struct NaiveAlign {
  let operation: RoIAlign
  let features: [Double]
  let shape: [Int]

  init(_ operation: RoIAlign, _ features: Tensor) {
    (self.operation, shape) = (operation, features.shape)
    self.features = features.floats.map(Double.init)
  }

  /// The pooled region with edges x1, y1, x2, y2, `[height, width, C]`.
  func callAsFunction(image: Int, _ edges: [Double]) -> [Double] {
    let (bins, offset) = (operation.outputSize, operation.isAligned ? 0.5 : 0)
    let cells = edges.map { $0 / Double(operation.stride) - offset }
    var (width, height) = (cells[2] - cells[0], cells[3] - cells[1])
    if !operation.isAligned { (width, height) = (max(width, 1), max(height, 1)) }
    func samples(_ length: Double, _ bins: Int) -> Int {
      operation.samples > 0 ? operation.samples : max(0, Int((length / Double(bins)).rounded(.up)))
    }
    let (rows, columns) = (samples(height, bins.height), samples(width, bins.width))
    var result: [Double] = []
    for row in 0..<bins.height {
      for column in 0..<bins.width {
        var sums = [Double](repeating: 0, count: shape[3])
        for i in 0..<rows {
          for j in 0..<columns {
            let y = (Double(row) + (Double(i) + 0.5) / Double(rows)) * height / Double(bins.height)
            let x =
              (Double(column) + (Double(j) + 0.5) / Double(columns)) * width / Double(bins.width)
            add(image, cells[1] + y, cells[0] + x, to: &sums)
          }
        }
        result += sums.map { $0 / Double(max(rows * columns, 1)) }
      }
    }
    return result
  }

  private func add(_ image: Int, _ y: Double, _ x: Double, to sums: inout [Double]) {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    guard (-1...Double(height)).contains(y), (-1...Double(width)).contains(x) else { return }
    let (y, x) = (
      min(max(y, 0), Double(height - 1)), min(max(x, 0), Double(width - 1))
    )
    let (top, left) = (Int(y), Int(x))
    for row in [top, top + 1] {
      for column in [left, left + 1] {
        let weight = (1 - abs(y - Double(row))) * (1 - abs(x - Double(column)))
        if weight == 0 { continue }
        let cell = ((image * height + row) * width + column) * channels
        for channel in 0..<channels { sums[channel] += weight * features[cell + channel] }
      }
    }
  }
}
