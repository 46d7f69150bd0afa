import Boxes
public import Datasets

/// Curves over axes from 0 to 1, as a picture: precision against recall, for example.
public struct CurveChart: Hashable, Sendable {
  /// One curve.
  public struct Series: Hashable, Sendable {
    /// What it is called in the legend, for example "RBC"; shortened where there is no room.
    public var name: String
    /// What the legend says after the name, in full, for example "AP 0.85"; may be empty.
    public var note: String
    /// From left to right, each from 0 to 1; points that are not finite interrupt the curve.
    public var points: [Point]

    public init(name: String, note: String = "", points: [Point]) {
      (self.name, self.note, self.points) = (name, note, points)
    }

    /// What the legend says.
    func legend(size: TextSize, width: Int) -> String {
      let suffix = note.isEmpty ? "" : " " + note
      return size.shortened(name, toWidth: width - size.width(of: suffix)) + suffix
    }
  }

  /// What stands above the chart.
  public var title: String
  /// What the horizontal axis shows.
  public var xLabel: String
  /// What the vertical axis shows.
  public var yLabel: String
  /// The curves, in the palette's order of colours; the first lie on top.
  public var series: [Series]

  public init(title: String, xLabel: String, yLabel: String, series: [Series]) {
    (self.title, self.xLabel, self.yLabel) = (title, xLabel, yLabel)
    self.series = series
  }

  /// Draws the chart.
  ///
  /// - Parameters:
  ///   - width: In pixels, 320 or more.
  ///   - height: In pixels, 240 or more.
  /// - Returns: The picture.
  public func image(width: Int = 960, height: Int = 640) -> Image {
    precondition(width >= 320 && height >= 240, "a chart has 320×240 pixels or more")
    var canvas = Canvas(width: width, height: height)
    let layout = CurveChartLayout(width: width, height: height, series: series)
    let size = layout.size
    canvas.draw(
      size.shortened(title, toWidth: width - 2 * layout.margin), x: layout.margin,
      y: layout.margin, size: size, color: Self.ink)
    drawAxes(on: &canvas, layout)
    for (index, series) in series.enumerated().reversed() {
      canvas.drawLine(
        through: series.points.map(layout.place), with: Palette.color(index),
        lineWidth: layout.lineWidth, clip: layout.plot)
    }
    drawLegend(on: &canvas, layout)
    return canvas.image
  }

  private static let ink = Color(32, 36, 44)
  private static let quiet = Color(92, 98, 110)
  private static let grid = Color(226, 229, 234)

  private func drawAxes(on canvas: inout Canvas, _ layout: CurveChartLayout) {
    let (plot, size) = (layout.plot, layout.tickSize)
    for share in layout.columnTicks {
      let x = layout.place(Point(x: share, y: 0)).x.rounded(.down)
      canvas.fill(Box(x1: x, y1: plot.y1, x2: x + 1, y2: plot.y2), with: Self.grid)
      let text = String(hundredths(share).dropLast())
      canvas.draw(
        text, x: Int(x) - size.width(of: text) / 2, y: Int(plot.y2) + 6, size: size,
        color: Self.quiet)
    }
    for share in layout.rowTicks {
      let y = layout.place(Point(x: 0, y: share)).y.rounded(.up)
      canvas.fill(Box(x1: plot.x1, y1: y - 1, x2: plot.x2, y2: y), with: Self.grid)
      let text = String(hundredths(share).dropLast())
      canvas.draw(
        text, x: Int(plot.x1) - 8 - size.width(of: text), y: Int(y) - size.lineHeight / 2,
        size: size, color: Self.quiet)
    }
    canvas.fill(
      Box(x1: plot.x1, y1: plot.y1, x2: plot.x1 + 1, y2: plot.y2), with: Self.quiet)
    canvas.fill(
      Box(x1: plot.x1, y1: plot.y2 - 1, x2: plot.x2, y2: plot.y2), with: Self.quiet)
    let width = Int(plot.width)
    let label = size.shortened(xLabel, toWidth: width)
    canvas.draw(
      label, x: Int(plot.x1) + (width - size.width(of: label)) / 2,
      y: Int(plot.y2) + 10 + size.lineHeight, size: size, color: Self.ink)
    canvas.draw(
      size.shortened(yLabel, toWidth: width), x: layout.margin,
      y: Int(plot.y1) - size.lineHeight * 3 / 2 - 4, size: size, color: Self.ink)
  }

  private func drawLegend(on canvas: inout Canvas, _ layout: CurveChartLayout) {
    let size = layout.legendSize
    let swatch = layout.swatchWidth
    for (index, series) in series.enumerated().prefix(layout.entryCount) {
      let corner = layout.entry(index)
      let middle = Float(corner.y) + Float(size.lineHeight) / 2
      canvas.drawLine(
        through: [
          Point(x: Float(corner.x) + 3, y: middle),
          Point(x: Float(corner.x + swatch) - 11, y: middle),
        ], with: Palette.color(index), lineWidth: layout.lineWidth + 2)
      canvas.draw(
        series.legend(size: size, width: layout.entryWidth - swatch), x: corner.x + swatch,
        y: corner.y, size: size, color: Self.ink)
    }
    if layout.entryCount < series.count {
      let corner = layout.entry(layout.entryCount)
      let text = "… and \(series.count - layout.entryCount) more"
      canvas.draw(
        size.shortened(text, toWidth: layout.entryWidth), x: corner.x, y: corner.y, size: size,
        color: Self.quiet)
    }
  }
}
