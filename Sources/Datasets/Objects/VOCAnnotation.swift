/// What a VOC annotation file says, as text: nothing in it has been judged.
struct VOCAnnotation: Hashable {
  var width: String?
  var height: String?
  var objects: [Object] = []

  struct Object: Hashable {
    var name: String?
    var difficult: String?
    var truncated: String?
    /// `xmin`, `ymin`, `xmax` and `ymax`.
    var edges: [String?] = [nil, nil, nil, nil]
  }

  static let edgeKeys = ["xmin", "ymin", "xmax", "ymax"]
}

extension VOCAnnotation {
  /// The annotated size, if there is one.
  var size: [Int]? {
    guard let width = width.flatMap({ Double($0) }), let height = height.flatMap({ Double($0) })
    else { return nil }
    guard let width = Int(exactly: width.rounded()), let height = Int(exactly: height.rounded())
    else { return nil }
    return [width, height]
  }
}

extension VOCAnnotation.Object {
  /// The box's numbers, or what is wrong with the first that is none.
  var numbers: Result<[Double], DatasetIssue.ProblemError> {
    var numbers: [Double] = []
    for (key, text) in zip(VOCAnnotation.edgeKeys, edges) {
      guard let text else { return .failure(.init(.missing(key: "bndbox/\(key)"))) }
      guard let number = Double(text), number.isFinite else {
        return .failure(.init(.notANumber(key: "bndbox/\(key)", text: text)))
      }
      numbers.append(number)
    }
    return .success(numbers)
  }

  /// The numbers where they enclose an area.
  var properNumbers: [Double]? {
    guard case .success(let numbers) = numbers, numbers[2] > numbers[0], numbers[3] > numbers[1]
    else { return nil }
    return numbers
  }
}

extension DatasetIssue {
  /// A problem on its way to where it becomes an issue.
  struct ProblemError: Error {
    var problem: Problem

    init(_ problem: Problem) { self.problem = problem }
  }
}
