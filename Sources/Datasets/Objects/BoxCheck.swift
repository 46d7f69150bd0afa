internal import Boxes

/// The edges that an annotation gives, before anybody has looked whether they make sense.
struct BoxCheck {
  /// The four numbers as they stand in the file.
  var written: [Double]
  /// Left, upper, right and lower edge in pixels, of which all numbers are finite.
  var edges: [Double]

  /// The part of the box within an image, if any, with what is wrong with it, if anything.
  func box(
    width: Int, height: Int
  ) -> (box: Box?, issue: (problem: DatasetIssue.Problem, remedy: DatasetIssue.Remedy)?) {
    let (x1, y1, x2, y2) = (edges[0], edges[1], edges[2], edges[3])
    guard x2 > x1 && y2 > y1 else { return (nil, (.noArea(written: written), .objectLeftOut)) }
    let (right, lower) = (Double(width), Double(height))
    guard x1 < right && y1 < lower && x2 > 0 && y2 > 0 else {
      let problem = DatasetIssue.Problem.outside(written: written, width: width, height: height)
      return (nil, (problem, .objectLeftOut))
    }
    // Clipped as they are: numbers beyond the range of Float would turn to infinity.
    let box = Box(
      x1: Float(max(x1, 0)), y1: Float(max(y1, 0)), x2: Float(min(x2, right)),
      y2: Float(min(y2, lower)))
    guard box.isProper else { return (nil, (.noArea(written: written), .objectLeftOut)) }
    guard x1 >= 0 && y1 >= 0 && x2 <= right && y2 <= lower else {
      return (
        box, (.partlyOutside(written: written, width: width, height: height), .clipped)
      )
    }
    return (box, nil)
  }
}
