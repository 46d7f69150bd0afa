public import Boxes
public import Datasets

extension Canvas {
  /// Draws what a detector has found: a box each, with a tag such as "RBC 0.97" in its class's colour.
  ///
  /// Lines and letters grow with the picture. Tags stay within it and avoid one another; long names
  /// are shortened. The highest scores lie on top. Boxes without an area and those outside of the
  /// picture cannot be drawn.
  ///
  /// - Parameters:
  ///   - objects: In pixels of the picture.
  ///   - classes: The names; a label that is none of theirs is written as a number.
  ///   - textSize: The tags' letters; nil for a size that suits the picture.
  public mutating func draw(
    _ objects: [DetectedObject], classes: [String], textSize: TextSize? = nil
  ) {
    let sorted = objects.enumerated().sorted {
      ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
    }
    draw(
      sorted.map { _, object in
        ObjectLabel(
          box: object.box, color: Palette.color(max(object.label, 0)),
          name: name(object.label, classes), suffix: " \(hundredths(object.score))",
          isDashed: false)
      }, textSize: textSize)
  }

  /// Draws what somebody has labelled; difficult objects and crowds are dashed.
  ///
  /// - Parameters:
  ///   - objects: In pixels of the picture.
  ///   - classes: The names; a label that is none of theirs is written as a number.
  ///   - textSize: The tags' letters; nil for a size that suits the picture.
  public mutating func draw(
    _ objects: [AnnotatedObject], classes: [String], textSize: TextSize? = nil
  ) {
    draw(
      objects.map { object in
        ObjectLabel(
          box: object.box, color: Palette.color(max(object.label, 0)),
          name: name(object.label, classes), suffix: "",
          isDashed: object.isDifficult || object.isCrowd)
      }, textSize: textSize)
  }

  private func name(_ label: Int, _ classes: [String]) -> String {
    classes.indices.contains(label) ? classes[label] : "class \(label)"
  }

  /// Draws boxes and tags, the first on top.
  private mutating func draw(_ labels: [ObjectLabel], textSize: TextSize?) {
    let size = textSize ?? .fitting(width: width, height: height)
    let lineWidth = max(2, (min(width, height) + 120) / 240)
    let labels = labels.filter { $0.box.isProper && visible($0.box).isProper }
    for label in labels.reversed() { outline(label, lineWidth: lineWidth) }
    // A picture that is smaller than a tag has boxes only.
    let padding = max(size.scale * 2, 2)
    let tagHeight = size.lineHeight + size.scale
    guard tagHeight <= height, size.characterWidth + 2 * padding <= width else { return }
    var placement = TagPlacement(width: width, height: height, lineWidth: lineWidth)
    let boxes = labels.map { visible($0.box) }
    let tags = zip(labels, boxes).map { label, box in
      // A tag may be as wide as its box, or take a good part of the picture.
      let limit = min(width, max(Int(box.width), width * 2 / 5, 12 * size.characterWidth))
      let text = label.text(size: size, width: limit - 2 * padding)
      let place = placement.place(
        width: size.width(of: text) + 2 * padding, height: tagHeight, at: box, others: boxes)
      return (text: text, place: place, color: label.color)
    }
    for tag in tags.reversed() {
      fill(tag.place, with: tag.color)
      draw(
        tag.text, x: Int(tag.place.x1) + padding, y: Int(tag.place.y1), size: size,
        color: tag.color.textColor)
    }
  }

  /// The part of a box within the canvas, at whole pixels so that lines are crisp.
  private func visible(_ box: Box) -> Box {
    let part = box.clipped(width: Float(width), height: Float(height))
    return Box(
      x1: part.x1.rounded(), y1: part.y1.rounded(), x2: part.x2.rounded(), y2: part.y2.rounded())
  }

  /// Draws a box's line around its edges, with a shade that sets it off from any ground.
  private mutating func outline(_ label: ObjectLabel, lineWidth: Int) {
    let box = visible(label.box)
    let outside = Float(lineWidth / 2)
    let (right, bottom) = (Float(width), Float(height))
    func grown(by distance: Float) -> Box {
      Box(
        x1: box.x1 - distance, y1: box.y1 - distance, x2: box.x2 + distance,
        y2: box.y2 + distance
      ).clipped(width: right, height: bottom)
    }
    let dash: Float = label.isDashed ? Float(lineWidth * 4) : 0
    let shade = label.color.textColor == .white ? Color.white : .black
    stroke(grown(by: outside + 1), with: shade, lineWidth: 1, dash: dash, opacity: 0.4)
    stroke(grown(by: outside), with: label.color, lineWidth: Float(lineWidth), dash: dash)
  }
}

extension Image {
  /// The picture with what a detector has found in it drawn, as ``Canvas`` draws it.
  public func drawing(_ objects: [DetectedObject], classes: [String]) -> Image {
    var canvas = Canvas(self)
    canvas.draw(objects, classes: classes)
    return canvas.image
  }

  /// The picture with what somebody has labelled in it drawn, as ``Canvas`` draws it.
  public func drawing(_ objects: [AnnotatedObject], classes: [String]) -> Image {
    var canvas = Canvas(self)
    canvas.draw(objects, classes: classes)
    return canvas.image
  }
}
