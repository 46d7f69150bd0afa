/// The figures of one class, for each range of sizes.
struct COCOClassScores {
  private let ranges: [COCORangeScores]

  init(_ groups: [ImageGroup]) {
    let matchings = groups.map(COCOMatching.init)
    let scores = matchings.flatMap(\.scores)
    // The place of each detection in its image, of which only the first few count for some recalls.
    let ranks = matchings.flatMap { Array($0.scores.indices) }
    let order = scores.descendingOrder { $0 }
    ranges = COCOAreaRange.allCases.map { range in
      COCORangeScores(matchings, range: range, order: order, ranks: ranks)
    }
  }

  subscript(range: COCOAreaRange) -> COCORangeScores { ranges[range.rawValue] }
}

/// The figures of one class for one range of sizes.
struct COCORangeScores {
  let objects: Int
  /// The average precision at each overlap; nil if there are no objects.
  let precisions: [Double]?
  /// The means over all overlaps of the recalls; nil if there are no objects.
  let averageRecall1: Double?
  let averageRecall10: Double?
  let averageRecall100: Double?

  /// The mean over all overlaps; nil if there are no objects.
  var averagePrecision: Double? { precisions?.mean }

  init(_ matchings: [COCOMatching], range: COCOAreaRange, order: [Int], ranks: [Int]) {
    let isLeftAside = matchings.map { $0.isLeftAside(in: range) }
    let objects = isLeftAside.reduce(0) { $0 + $1.count { !$0 } }
    self.objects = objects
    guard objects > 0 else {
      (precisions, averageRecall1, averageRecall10, averageRecall100) = (nil, nil, nil, nil)
      return
    }
    var precisions: [Double] = []
    var recalls: (one: [Double], ten: [Double], hundred: [Double]) = ([], [], [])
    for threshold in COCOThresholds.overlaps {
      let outcomes = zip(matchings, isLeftAside).flatMap { matching, isLeftAside in
        matching.outcomes(at: threshold, isLeftAside: isLeftAside, range: range)
      }
      precisions.append(
        Self.averagePrecision(of: order.lazy.map { outcomes[$0] }, objects: objects))
      func recall(first count: Int) -> Double {
        let found = zip(outcomes, ranks).count { $0 == .right && $1 < count }
        return Double(found) / Double(objects)
      }
      recalls.one.append(recall(first: 1))
      recalls.ten.append(recall(first: 10))
      recalls.hundred.append(recall(first: COCOThresholds.detections))
    }
    self.precisions = precisions
    averageRecall1 = recalls.one.mean
    averageRecall10 = recalls.ten.mean
    averageRecall100 = recalls.hundred.mean
  }

  /// The mean of the best precisions at 101 recalls or more.
  private static func averagePrecision(
    of outcomes: some Sequence<COCOMatching.Outcome>, objects: Int
  ) -> Double {
    var (right, counted) = (0, 0)
    // One entry an object found; between two finds the precision only falls.
    var best: [Double] = []
    for outcome in outcomes where outcome != .leftAside {
      counted += 1
      if outcome == .right {
        right += 1
        best.append(Double(right) / Double(counted))
      }
    }
    for index in best.indices.dropLast().reversed() {
      best[index] = max(best[index], best[index + 1])
    }
    var (sum, index) = (0.0, 0)
    for recall in COCOThresholds.recalls {
      while index < best.count, Double(index + 1) / Double(objects) < recall { index += 1 }
      if index < best.count { sum += best[index] }
    }
    return sum / Double(COCOThresholds.recalls.count)
  }
}
