import Boxes
import Datasets
import Detection
import Testing

@Suite struct BoxMatcherTests {
  private let matcher = BoxMatcher(foreground: 0.7, background: 0.3, keepsBestOfEachObject: true)

  /// Matches as the definition says, from the table of all overlaps.
  private func plainMatch(
    _ boxes: [Box], to objects: [Box], by matcher: BoxMatcher, isUsed: [Bool], ignoring: [Box]
  ) -> [Int32] {
    let table = objects.map { object in boxes.map(object.intersectionOverUnion(with:)) }
    func nearest(_ index: Int) -> (object: Int32, overlap: Float) {
      let column = table.map { $0[index] }
      let largest = column.max() ?? 0
      return (largest > 0 ? Int32(column.firstIndex(of: largest) ?? 0) : -1, largest)
    }
    var matches = boxes.indices.map { index -> Int32 in
      let (object, overlap) = nearest(index)
      guard isUsed[index] else { return -2 }
      if overlap >= matcher.foreground { return object }
      guard overlap < matcher.background else { return -2 }
      let isIgnored = ignoring.contains {
        boxes[index].area > 0
          && boxes[index].intersection(with: $0) >= matcher.ignoredShare * boxes[index].area
      }
      return isIgnored ? -2 : -1
    }
    guard matcher.keepsBestOfEachObject else { return matches }
    for row in table {
      let ofUsed = boxes.indices.filter { isUsed[$0] && row[$0] > 0 }
      let considered = ofUsed.isEmpty ? boxes.indices.filter { row[$0] > 0 } : ofUsed
      let largest = considered.map { row[$0] }.max()
      for index in considered where row[index] == largest { matches[index] = nearest(index).object }
    }
    return matches
  }

  @Test("Boxes are matched as the table of all overlaps says")
  func table() {
    for seed in 0..<150 {
      var generator = SeededGenerator(seed: 3, for: "boxes", seed)
      let boxes = generator.boxes(generator.index(below: 60))
      let objects = generator.boxes(generator.index(below: 6))
      let ignoring = generator.boxes(generator.index(below: 3))
      let share = generator.uniform()
      let isUsed = boxes.map { _ in generator.uniform() < share }
      for matcher in [matcher, .regions] {
        let found = matcher.match(boxes, to: objects, isUsed: isUsed, ignoring: ignoring)
        #expect(
          found.objects
            == plainMatch(boxes, to: objects, by: matcher, isUsed: isUsed, ignoring: ignoring))
        let all = matcher.match(boxes, to: objects)
        #expect(all == matcher.match(boxes, to: objects, isUsed: boxes.map { _ in true }))
      }
    }
  }

  @Test("Without objects all used boxes are background")
  func noObjects() {
    let boxes = [Box(0, 0, 4, 4), Box(4, 4, 8, 8), Box(0, 0, 0, 0)]
    let matches = matcher.match(boxes, to: [], isUsed: [true, false, true])
    #expect(matches.objects == [-1, -2, -1])
    #expect(matches.overlaps == [0, 0, 0])
    #expect(BoxMatcher.regions.match([], to: boxes).objects.isEmpty)
  }

  @Test("An object that no box overlaps is matched with none")
  func farObject() {
    let matches = matcher.match([Box(0, 0, 4, 4), Box(4, 0, 8, 4)], to: [Box(50, 50, 60, 60)])
    #expect(matches.objects == [-1, -1])
  }

  @Test("Each object keeps its best box, ties included, and only used boxes compete")
  func best() {
    let boxes = [Box(0, 0, 10, 10), Box(10, 0, 20, 10), Box(4, 0, 14, 10)]
    // Shares 5 × 4 with either of the first two, 9 × 4 with the last.
    let object = Box(5, 0, 15, 4)
    #expect(matcher.match(boxes, to: [object]).objects == [-1, -1, 0])
    #expect(matcher.match(boxes, to: [object], isUsed: [true, true, false]).objects == [0, 0, -2])
    let unused = matcher.match(boxes, to: [object], isUsed: [false, false, false])
    #expect(unused.objects == [-2, -2, 0])
  }

  @Test("Background that lies within an ignored object is left out, an object's box is not")
  func ignoring() {
    let boxes = [Box(0, 0, 4, 4), Box(0, 0, 8, 4), Box(0, 0, 9, 4), Box(40, 0, 44, 4)]
    let ignored = Box(0, 0, 4, 20)
    let objects = [Box(40, 0, 44, 4)]
    #expect(matcher.match(boxes, to: objects, ignoring: [ignored]).objects == [-2, -2, -1, 0])
    #expect(matcher.match(boxes, to: [boxes[0]], ignoring: [ignored]).objects == [0, -2, -2, -1])
  }

  @Test("Boxes and objects with edges that are no numbers are matched with none")
  func notANumber() {
    let box = Box(0, 0, 4, 4)
    let odd = [Box(.nan, 0, 4, 4), Box(0, 0, 4, .nan), Box(-.infinity, 0, .infinity, 4)]
    #expect(matcher.match(odd + [box], to: [box]).objects == [-1, -1, -1, 0])
    #expect(matcher.match([box], to: odd).objects == [-1])
    #expect(matcher.match(odd, to: odd, ignoring: odd).objects == [-1, -1, -2])
  }
}
