import Boxes
public import Datasets

/// Pictures in a grid with their boxes, each with its name below.
public struct ContactSheet: Sendable {
  /// What stands above the grid; empty for nothing.
  public let title: String
  /// How many pictures stand side by side.
  public let columnCount: Int
  /// The width that a picture is scaled to fit, in pixels.
  public let cellWidth: Int
  /// The height that a picture is scaled to fit, in pixels.
  public let cellHeight: Int
  private var cells: [(image: Image, caption: String)] = []

  private static let margin = 12
  private static let ground = Color(246, 247, 249)
  private static let ink = Color(32, 36, 44)

  /// Makes an empty sheet.
  ///
  /// - Parameters:
  ///   - title: What stands above the grid.
  ///   - columnCount: How many pictures stand side by side.
  ///   - cellWidth: The width that pictures are scaled to fit, in pixels.
  ///   - cellHeight: The height that pictures are scaled to fit, in pixels.
  /// - Precondition: All numbers are positive.
  public init(
    title: String = "", columnCount: Int = 4, cellWidth: Int = 320, cellHeight: Int = 240
  ) {
    precondition(columnCount > 0, "a sheet has 1 column or more, not \(columnCount)")
    precondition(cellWidth > 0 && cellHeight > 0, "a cell has pixels")
    (self.title, self.columnCount) = (title, columnCount)
    (self.cellWidth, self.cellHeight) = (cellWidth, cellHeight)
  }

  /// How many pictures there are.
  public var count: Int { cells.count }

  /// Adds a picture after the others; only the scaled one is kept.
  ///
  /// - Parameters:
  ///   - image: Of any size; it is scaled in proportion.
  ///   - objects: What is in it, in its own pixels.
  ///   - classes: The names.
  ///   - caption: What stands below; shortened in the middle to the cell's width.
  public mutating func append(
    _ image: Image, objects: [AnnotatedObject], classes: [String], caption: String
  ) {
    let (small, x, y) = scaled(image)
    var canvas = Canvas(small)
    canvas.draw(
      objects.map { object in
        var object = object
        object.box = object.box.scaled(x: x, y: y)
        return object
      }, classes: classes, textSize: .small)
    cells.append((canvas.image, caption))
  }

  /// The whole sheet; the last row is as high as the others and may have gaps.
  public var image: Image {
    let margin = Self.margin
    let size = TextSize.small
    let columns = min(columnCount, max(cells.count, 1))
    let rows = max((cells.count + columns - 1) / columns, 1)
    let rowHeight = cellHeight + size.lineHeight + 4 + margin
    let top = title.isEmpty ? margin : margin + TextSize.medium.lineHeight + margin
    let width = margin + columns * (cellWidth + margin)
    var canvas = Canvas(width: width, height: top + rows * rowHeight, color: Self.ground)
    let shortTitle = TextSize.medium.shortened(title, toWidth: width - 2 * margin)
    canvas.draw(shortTitle, x: margin, y: margin, size: .medium, color: Self.ink)
    for (index, cell) in cells.enumerated() {
      let x = margin + index % columns * (cellWidth + margin)
      let y = top + index / columns * rowHeight
      canvas.draw(
        cell.image, x: x + (cellWidth - cell.image.width) / 2,
        y: y + (cellHeight - cell.image.height) / 2)
      let caption = size.shortenedWithin(cell.caption, toWidth: cellWidth)
      canvas.draw(
        caption, x: x + (cellWidth - size.width(of: caption)) / 2, y: y + cellHeight + 4,
        size: size, color: Self.ink)
    }
    return canvas.image
  }

  private func scaled(_ image: Image) -> (image: Image, x: Float, y: Float) {
    let scale = min(
      Double(cellWidth) / Double(image.width), Double(cellHeight) / Double(image.height))
    let width = min(max(Int((Double(image.width) * scale).rounded()), 1), cellWidth)
    let height = min(max(Int((Double(image.height) * scale).rounded()), 1), cellHeight)
    return (
      image.resized(width: width, height: height), Float(width) / Float(image.width),
      Float(height) / Float(image.height)
    )
  }
}
