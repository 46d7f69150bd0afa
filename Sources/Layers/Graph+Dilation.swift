// What a graph that may not stride beyond some pixels does instead.
//
// A map of dilation e holds the undilated network's map in its cells 0, e, 2e…, and what that map would
// be for shifted images between them. A window on it has its cells, and its margins, e times as far
// apart. Where s is left out of a stride, so is nothing else: cell o of the undilated result read from
// cell o · s on; cell o · s · e of this one reads from cell o · s · e on. Margins above and to the left
// say where that is, those below and to the right only how many cells there are.
extension Graph {
  /// How far apart a value's undilated cells lie, to what is appended now.
  func dilation(of value: Value) -> Int { greatestStride == nil ? 1 : self[value].dilation }

  /// How much of an operation's stride is left where maps may not stride further.
  func keptStride(of operation: Int, stride: Int, dilation: Int) -> Int {
    guard let greatestStride, operation > 1 else { return operation }
    let most = dilation > 1 ? 1 : min(operation, max(1, greatestStride / stride))
    return (1...most).last { operation.isMultiple(of: $0) } ?? 1
  }

  /// The cells that a layer's padding puts around a map, in cells of the undilated map.
  ///
  /// What "same" puts above and to the left is what it puts there in the undilated network. Below and to
  /// the right it is enough for as many cells as the input has, so that layers beside one another agree.
  func margins(
    of padding: Padding, around input: Value, size: Extent, stride: Int, dilation: Int
  ) -> Margins {
    let (node, distance) = (self[input], self.dilation(of: input))
    var map = node.shape
    if map.count == 4 {
      for axis in 1...2 { map[axis] = (map[axis] + distance - 1) / distance }
    }
    let margins = padding.margins(around: map, size: size, stride: stride, dilation: dilation)
    let kept = keptStride(of: stride, stride: node.stride, dilation: distance)
    guard padding == .same, kept != stride else { return margins }
    let fine = padding.margins(around: map, size: size, stride: kept, dilation: dilation)
    return Margins(
      top: margins.top, left: margins.left, bottom: max(0, fine.vertical - margins.top),
      right: max(0, fine.horizontal - margins.left))
  }
}

extension Operation {
  /// The same on a map whose cells lie `distance` times as far apart, with another stride.
  func dilated(by distance: Int, stride: Int) -> Operation {
    guard distance > 1 || stride != self.stride else { return self }
    return switch self {
    case .convolution(let window, let filters, let groups, let bias):
      .convolution(
        window.dilated(by: distance, stride: stride), filters: filters, groups: groups, bias: bias)
    case .depthwiseConvolution(let window, let multiplier, let bias):
      .depthwiseConvolution(
        window.dilated(by: distance, stride: stride), multiplier: multiplier, bias: bias)
    case .pool(let kind, let window): .pool(kind, window.dilated(by: distance, stride: stride))
    case .zeroPad(let margins): .zeroPad(margins * distance)
    default: self
    }
  }
}

extension Window {
  fileprivate func dilated(by distance: Int, stride: Int) -> Window {
    // A window of one cell has no distances.
    Window(
      size: size, stride: stride, dilation: size == 1 ? 1 : dilation * distance,
      margins: margins * distance)
  }
}

extension Margins {
  fileprivate static func * (margins: Margins, factor: Int) -> Margins {
    Margins(
      top: margins.top * factor, left: margins.left * factor, bottom: margins.bottom * factor,
      right: margins.right * factor)
  }
}
