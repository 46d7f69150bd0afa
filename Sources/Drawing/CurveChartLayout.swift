import Boxes

/// Where the parts of a chart stand.
struct CurveChartLayout {
  let margin: Int
  /// The title's letters.
  let size: TextSize
  /// The letters of the axes.
  let tickSize: TextSize
  /// The letters of the legend, smaller where there are many series.
  let legendSize: TextSize
  let lineWidth: Float
  /// The area between the axes.
  let plot: Box
  /// Where numbers stand along the horizontal axis.
  let columnTicks: [Float]
  /// Where numbers stand along the vertical axis.
  let rowTicks: [Float]
  /// How much of an entry of the legend its line takes.
  let swatchWidth: Int
  let entryWidth: Int
  /// How many series the legend names; where not all, the place after these tells the rest.
  let entryCount: Int

  private let legendX: Int
  private let legendY: Int
  private let rowsPerColumn: Int
  private let rowHeight: Int

  init(width: Int, height: Int, series: [CurveChart.Series]) {
    let factor = max(1, min(width / 960, height / 600))
    size = .medium.times(factor)
    let tickSize = min(width, height) < 480 ? TextSize.small : size
    self.tickSize = tickSize
    margin = 16 * factor
    lineWidth = 2.5 * Float(factor)
    swatchWidth = 40 * factor

    let top = 2 * margin + size.lineHeight + tickSize.lineHeight * 3 / 2
    let bottom = height - margin - 2 * tickSize.lineHeight - 14
    let left = margin + tickSize.width(of: "0.0") + 12

    // The legend takes what its names need, up to 45 % of the chart in one to three columns.
    let fits = series.count <= (bottom - top) / (tickSize.lineHeight * 4 / 3)
    let legendSize = fits ? tickSize : .small.times(factor)
    self.legendSize = legendSize
    rowHeight = legendSize.lineHeight * 4 / 3
    let names = series.map { $0.legend(size: legendSize, width: .max / 2) }
    let longest = names.map(legendSize.width).max()
    let rows = max((bottom - top) / rowHeight, 1)
    let room = width * 9 / 20
    let columns = min(max((series.count + rows - 1) / rows, 1), 3)
    let gap = margin
    let wanted = swatchWidth + (longest ?? 0)
    entryWidth = series.isEmpty ? 0 : min(wanted, room / columns - gap)
    let legendWidth = series.isEmpty ? 0 : columns * (entryWidth + gap) + gap
    rowsPerColumn = rows
    let capacity = rows * columns
    entryCount = series.count <= capacity ? series.count : capacity - 1
    // Half a tick's text stands out on the right.
    let right = width - margin - max(legendWidth, tickSize.width(of: "1.0") / 2)
    (legendX, legendY) = (right + 2 * gap, top)
    plot = Box(x1: Float(left), y1: Float(top), x2: Float(max(right, left + 1)), y2: Float(bottom))
    columnTicks = Self.ticks(spaced: tickSize.width(of: "0.0 "), over: right - left)
    rowTicks = Self.ticks(spaced: tickSize.lineHeight * 3 / 2, over: bottom - top)
  }

  /// Round numbers from 0 to 1, as many as have room.
  private static func ticks(spaced distance: Int, over length: Int) -> [Float] {
    let count = [10, 5, 2].first { length / $0 >= distance } ?? 1
    return (0...count).map { Float($0) / Float(count) }
  }

  /// The pixel of a point from 0 to 1; beyond, the nearest of the plot.
  func place(_ point: Point) -> Point {
    func limited(_ value: Float) -> Float { value.isFinite ? min(max(value, 0), 1) : value }
    return Point(
      x: plot.x1 + 0.5 + limited(point.x) * (plot.width - 1),
      y: plot.y2 - 0.5 - limited(point.y) * (plot.height - 1))
  }

  /// The upper left corner of an entry of the legend.
  func entry(_ index: Int) -> (x: Int, y: Int) {
    (
      legendX + index / rowsPerColumn * (entryWidth + margin),
      legendY + index % rowsPerColumn * rowHeight
    )
  }
}
