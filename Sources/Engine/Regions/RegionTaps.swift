internal import COneDNN

/// The cells that the bins of all regions read along one axis, with their weights.
///
/// Bilinear interpolation is a product of one factor for the row and one for the column, and so is
/// the mean over a grid of samples. Samples that read the same cell are added up beforehand.
struct RegionTaps {
  /// Bin `i` of region `r` reads the taps from `starts[r * bins + i]` up to the next bin's first.
  private(set) var starts: [Int64] = [0]
  private(set) var taps: [onednn_tap] = []

  /// How a side of a region is divided.
  struct Grid {
    let bins: Int
    /// Samples a bin; 0 for as many as a bin has cells, rounded up.
    let samples: Int
    /// Image pixels a cell.
    let stride: Int
    /// Whether a cell's number is found at its centre.
    ///
    /// Otherwise it is at the cell's corner, and a region is at least one cell wide.
    let isAligned: Bool
  }

  /// Adds a region that reads nothing.
  mutating func appendEmpty(_ grid: Grid) {
    starts.append(contentsOf: repeatElement(Int64(taps.count), count: grid.bins))
  }

  /// Adds a region between two edges in pixels, on a map of `cells` cells along this axis.
  ///
  /// Positions are computed in float32 and in this order because torchvision does: they decide how
  /// many samples there are and which of them lie outside.
  mutating func append(from firstEdge: Float, to lastEdge: Float, _ grid: Grid, cells: Int) {
    let offset: Float = grid.isAligned ? 0.5 : 0
    let start = Region.position(ofEdge: firstEdge, stride: grid.stride) - offset
    let end = Region.position(ofEdge: lastEdge, stride: grid.stride) - offset
    let isWidened = !grid.isAligned && end - start < 1
    let length = isWidened ? 1 : end - start
    let size = length / Float(grid.bins)
    let samples = grid.samples > 0 ? grid.samples : max(0, Int(size.rounded(.up)))
    let perCell = 1 / Float(grid.stride)
    for bin in 0..<grid.bins {
      let first = taps.count
      let origin = start + Float(bin) * size
      let inside = samplesInside(
        origin: Double(origin), step: Double(size) / Double(samples), count: samples, cells: cells)
      // From low cells to high ones, also if the region is reversed.
      for index in inside {
        let sample = size < 0 ? inside.upperBound - 1 - (index - inside.lowerBound) : index
        let place = Float(sample) + 0.5
        let position = origin + place * size / Float(samples)
        let share = (Float(bin) + place / Float(samples)) / Float(grid.bins)
        let byLast = isWidened ? 0 : share * perCell
        let byFirst = isWidened ? perCell : (1 - share) * perCell
        addSample(
          at: position, weight: 1 / Float(samples), byFirst: byFirst, byLast: byLast,
          cells: cells, bin: first)
      }
      starts.append(Int64(taps.count))
    }
  }

  /// The samples that may lie on the map: a huge region has more of them than anybody waits for.
  private func samplesInside(
    origin: Double, step: Double, count: Int, cells: Int
  ) -> Range<Int> {
    guard count > 0, step != 0 else { return 0..<count }
    let (one, other) = ((-1 - origin) / step, (Double(cells) - origin) / step)
    // One more on each side, for what rounding does.
    let lower = (min(one, other) - 2).rounded(.down)
    let upper = (max(one, other) + 2).rounded(.up)
    let limits = 0...Double(count)
    let first = Int(min(max(lower, limits.lowerBound), limits.upperBound))
    return first..<max(first, Int(min(max(upper, limits.lowerBound), limits.upperBound)))
  }

  /// Adds one sample to the bin whose taps begin at `bin`.
  private mutating func addSample(
    at position: Float, weight: Float, byFirst: Float, byLast: Float, cells: Int, bin: Int
  ) {
    guard position >= -1, position <= Float(cells) else { return }
    let position = max(position, 0)
    let low = Int(position)
    if position == 0 || low >= cells - 1 {
      // On the frame a sample reads the map's edge, wherever exactly it is.
      add(
        onednn_tap(
          cell: Int32(min(low, cells - 1)), weight: weight, by_first_edge: 0, by_last_edge: 0),
        bin: bin)
      return
    }
    let fraction = position - Float(low)
    add(
      onednn_tap(
        cell: Int32(low), weight: weight * (1 - fraction),
        by_first_edge: -weight * byFirst, by_last_edge: -weight * byLast),
      bin: bin)
    add(
      onednn_tap(
        cell: Int32(low + 1), weight: weight * fraction,
        by_first_edge: weight * byFirst, by_last_edge: weight * byLast),
      bin: bin)
  }

  /// Adds a tap to one of the bin's last two if it is of the same cell.
  private mutating func add(_ tap: onednn_tap, bin: Int) {
    for index in (max(bin, taps.count - 2)..<taps.count).reversed()
    where taps[index].cell == tap.cell {
      taps[index].weight += tap.weight
      taps[index].by_first_edge += tap.by_first_edge
      taps[index].by_last_edge += tap.by_last_edge
      return
    }
    taps.append(tap)
  }
}
