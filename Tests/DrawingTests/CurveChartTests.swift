import Boxes
import Datasets
import Testing

@testable import Drawing

@Suite struct CurveChartTests {
  private func chart(_ series: [CurveChart.Series]) -> CurveChart {
    CurveChart(title: "Title", xLabel: "recall", yLabel: "precision", series: series)
  }

  private func color(_ image: Image, _ point: Point) -> Color {
    let start = (Int(point.y) * image.width + Int(point.x)) * 3
    return Color(image.pixels[start], image.pixels[start + 1], image.pixels[start + 2])
  }

  @Test("A curve runs where its points are, in its colour")
  func curve() {
    let series = [
      CurveChart.Series(
        name: "a", points: [Point(x: 0, y: 0.25), Point(x: 0.5, y: 0.25)]),
      CurveChart.Series(
        name: "b", points: [Point(x: 0.5, y: 0.75), Point(x: 1, y: 0.75)]),
    ]
    let image = chart(series).image(width: 480, height: 360)
    let layout = CurveChartLayout(width: 480, height: 360, series: series)
    #expect(color(image, layout.place(Point(x: 0.27, y: 0.25))) == Palette.color(0))
    #expect(color(image, layout.place(Point(x: 0.77, y: 0.75))) == Palette.color(1))
    #expect(color(image, layout.place(Point(x: 0.77, y: 0.25))) == .white)
  }

  @Test("The first of two curves in one place is seen")
  func order() {
    let points = [Point(x: 0, y: 0.45), Point(x: 1, y: 0.45)]
    let series = ["a", "b"].map { CurveChart.Series(name: $0, points: points) }
    let layout = CurveChartLayout(width: 480, height: 360, series: series)
    let image = chart(series).image(width: 480, height: 360)
    #expect(color(image, layout.place(Point(x: 0.5, y: 0.45))) == Palette.color(0))
  }

  @Test("Points beyond the axes stay within, and those without a place interrupt the curve")
  func strange() {
    let series = [
      CurveChart.Series(
        name: "a",
        points: [
          Point(x: -5, y: 9), Point(x: 0.4, y: 9), Point(x: .nan, y: 0.5), Point(x: 0.6, y: 1),
          Point(x: .infinity, y: 1),
        ])
    ]
    let layout = CurveChartLayout(width: 480, height: 360, series: series)
    let image = chart(series).image(width: 480, height: 360)
    #expect(color(image, layout.place(Point(x: 0.27, y: 1))) == Palette.color(0))
    #expect(color(image, layout.place(Point(x: 0.53, y: 1))) != Palette.color(0))
  }

  @Test(
    "A legend of any length stays within the picture",
    arguments: [0, 1, 3, 12, 80, 1000], [(320, 240), (960, 640)])
  func legend(count: Int, size: (width: Int, height: Int)) {
    let series = (0..<count).map {
      CurveChart.Series(name: "a long name of a class \($0)", note: "AP 0.50", points: [])
    }
    let layout = CurveChartLayout(width: size.width, height: size.height, series: series)
    #expect(layout.plot.width >= 60 && layout.plot.height >= 60)
    #expect(layout.entryCount <= count)
    let named = layout.entryCount == count ? count : layout.entryCount + 1
    for index in 0..<named {
      let corner = layout.entry(index)
      #expect(corner.x > Int(layout.plot.x2))
      #expect(corner.x + layout.entryWidth <= size.width)
      #expect(corner.y + layout.legendSize.lineHeight <= size.height)
    }
  }

  @Test("The note is kept where the name has no room")
  func note() {
    let series = CurveChart.Series(name: "aeroplane", note: "AP 0.85", points: [])
    #expect(series.legend(size: .small, width: 1000) == "aeroplane AP 0.85")
    #expect(series.legend(size: .small, width: 96) == "aer… AP 0.85")
    let plain = CurveChart.Series(name: "aeroplane", points: [])
    #expect(plain.legend(size: .small, width: 1000) == "aeroplane")
  }
}
