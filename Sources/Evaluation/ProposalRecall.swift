public import Boxes
public import Datasets

/// How many of the objects the proposals of a region proposal network cover, whatever the class.
///
/// Each object is counted once if any of an image's first proposals overlaps it by the threshold or
/// more. Difficult objects and crowds are not looked for.
public struct ProposalRecall: Hashable, Sendable {
  /// What the first proposals of each image cover.
  public struct Entry: Hashable, Sendable {
    /// How many proposals of each image are taken.
    public let proposals: Int
    /// The part of the objects covered at an overlap of 0.5; nil if there are no objects.
    public let recall: Double?
    /// The mean over the overlaps 0.5, 0.55, … 0.95; nil if there are no objects.
    public let averageRecall: Double?
  }

  /// One entry for each number of proposals, in the order given.
  public let entries: [Entry]
  /// How many objects there are to be covered.
  public let objects: Int

  /// Compares proposals with the objects.
  ///
  /// - Parameters:
  ///   - images: The images with their objects.
  ///   - proposals: One list an image, the most certain first.
  ///   - counts: How many proposals of each image to take; at least 1 each.
  /// - Throws: ``EvaluationError/imageCount(expected:found:)``.
  public init(
    images: [AnnotatedImage], proposals: [[Box]], counts: [Int] = [50, 300, 1000, 2000]
  ) throws(EvaluationError) {
    precondition(counts.allSatisfy { $0 > 0 }, "at least one proposal")
    guard images.count == proposals.count else {
      throw .imageCount(expected: images.count, found: proposals.count)
    }
    var overlaps: [[Double]] = Array(repeating: [], count: counts.count)
    for (image, boxes) in zip(images, proposals) {
      let boxes = boxes.prefix(counts.max() ?? 0).map(PreciseBox.init)
      for object in image.objects where !object.isSetAside {
        let box = PreciseBox(object.box)
        // What the best of the first proposals overlaps, at every number of them.
        var best = 0.0
        let running = boxes.map { proposal in
          best = max(best, proposal.intersectionOverUnion(with: box))
          return best
        }
        for (place, count) in counts.enumerated() {
          overlaps[place].append(running.isEmpty ? 0 : running[min(count, running.count) - 1])
        }
      }
    }
    objects = overlaps.first?.count ?? 0
    entries = zip(counts, overlaps).map { count, overlaps in
      func recall(at threshold: Double) -> Double {
        Double(overlaps.count { $0 >= threshold }) / Double(overlaps.count)
      }
      return Entry(
        proposals: count, recall: overlaps.isEmpty ? nil : recall(at: 0.5),
        averageRecall: overlaps.isEmpty ? nil : COCOThresholds.overlaps.map(recall).mean)
    }
  }
}
