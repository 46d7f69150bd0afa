import Boxes
import Datasets
import Testing

@testable import Evaluation

@Suite struct ProposalRecallTests {
  private let object = AnnotatedObject(label: 0, box: .square(0, 0, side: 10))
  private let other = AnnotatedObject(label: 1, box: .square(50, 50, side: 10))

  @Test("An object is covered once, from the first proposal on that overlaps it enough")
  func firstProposals() throws {
    // The overlaps with the first object: 0, 0.5 exactly, 1.
    let proposals = [
      Box.square(100, 100, side: 10), Box(x1: 0, y1: 0, x2: 10, y2: 5), object.box,
    ]
    let result = try ProposalRecall(
      images: [.named("1", objects: [object, other])], proposals: [proposals],
      counts: [1, 2, 3, 50])
    #expect(result.objects == 2)
    #expect(result.entries.map(\.proposals) == [1, 2, 3, 50])
    #expect(result.entries.map(\.recall) == [0, 0.5, 0.5, 0.5])
    // At 0.5 one threshold of ten is met, at 1 all are.
    let averages = result.entries.map(\.averageRecall)
    #expect(zip(averages, [0, 0.05, 0.5, 0.5]).allSatisfy { agree($0, $1) })
  }

  @Test("Difficult objects and crowds are not looked for; without objects there is no recall")
  func leftAside() throws {
    var (difficult, crowd) = (object, other)
    difficult.isDifficult = true
    crowd.isCrowd = true
    let result = try ProposalRecall(
      images: [.named("1", objects: [difficult, crowd])], proposals: [[object.box]])
    #expect(result.objects == 0)
    #expect(result.entries.map(\.proposals) == [50, 300, 1000, 2000])
    #expect(result.entries.allSatisfy { $0.recall == nil && $0.averageRecall == nil })
  }

  @Test("An image without proposals counts, and as many lists as images are needed")
  func emptyLists() throws {
    let images = [
      AnnotatedImage.named("1", objects: [object]), .named("2", objects: [other]),
    ]
    let result = try ProposalRecall(
      images: images, proposals: [[], [other.box]], counts: [1])
    #expect(result.entries[0].recall == 0.5)
    #expect(throws: EvaluationError.imageCount(expected: 2, found: 1)) {
      try ProposalRecall(images: images, proposals: [[]])
    }
  }
}
