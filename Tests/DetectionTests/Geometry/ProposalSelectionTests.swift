import Boxes
import Datasets
import Detection
import Testing

@Suite struct ProposalSelectionTests {
  /// Selects as the definition says, by sorting everything.
  private func plainSelection(
    _ selection: ProposalSelection, logits: [Float], deltas: [Float], anchors: [Box],
    isUsed: [Bool], size: Float
  ) -> [Proposal] {
    let order = anchors.indices
      .filter { isUsed[$0] && logits[$0].isFinite }
      .sorted { (logits[$1], $0) < (logits[$0], $1) }
    let proposals = order.prefix(selection.candidates).compactMap { index -> Proposal? in
      let numbers = SIMD4(deltas[index * 4..<index * 4 + 4])
      let box = BoxCoding.proposals.decode(numbers, relativeTo: anchors[index])
        .clipped(width: size, height: size)
      let isLarge = box.width >= selection.minimumSide && box.height >= selection.minimumSide
      return isLarge && box.isProper && (0..<4).allSatisfy { numbers[$0].isFinite }
        ? Proposal(box: box, logit: logits[index]) : nil
    }
    return plainSuppression(
      proposals.map(\.box), overlap: selection.overlap, limit: selection.count
    ).map { proposals[$0] }
  }

  @Test("Proposals are those of sorting, decoding, clipping and suppressing one after another")
  func plain() {
    for seed in 0..<100 {
      var generator = SeededGenerator(seed: 4, for: "proposals", seed)
      let anchors = generator.boxes(generator.index(below: 200))
      // Few different logits, so that many are equal; both zeros among them.
      let logits = anchors.map { _ -> Float in
        let logit = generator.number(from: -3, steps: 8)
        return logit == 4 ? .nan : logit == 3 ? -.infinity : logit == 2 ? -0.0 : logit
      }
      let deltas = (0..<anchors.count * 4).map { _ -> Float in
        let delta = generator.number(from: -1, steps: 200, step: 0.01)
        return delta > 0.98 ? .infinity : delta > 0.96 ? .nan : delta
      }
      let isUsed = anchors.map { _ in generator.uniform() < 0.8 }
      let selection = ProposalSelection(
        candidates: generator.index(below: 150), overlap: 0.6, count: generator.index(below: 60),
        minimumSide: 2)
      let found = select(
        selection, logits: logits, deltas: deltas, anchors: anchors, isUsed: isUsed, width: 24,
        height: 24)
      let expected = plainSelection(
        selection, logits: logits, deltas: deltas, anchors: anchors, isUsed: isUsed, size: 24)
      #expect(found == expected)
    }
  }

  @Test("Logits of all sizes are ordered")
  func order() {
    let logits: [Float] = [
      0, 1e-30, -1e-30, 3e38, -3e38, 1, -1, 2, 1.000_000_1, 0.999_999_9, -65536, 65536, 1,
    ]
    let anchors = logits.indices.map { Box(Float($0) * 8, 0, Float($0) * 8 + 8, 8) }
    let found = select(
      .training, logits: logits, deltas: Array(repeating: 0, count: logits.count * 4),
      anchors: anchors, width: 1000, height: 8)
    #expect(found.map(\.logit) == logits.sorted(by: >))
    // Of the two ones, the first.
    #expect(found.filter { $0.logit == 1 }.map(\.box.x1) == [40, 96])
  }

  @Test("A diverged network and an empty map propose nothing")
  func nothing() {
    let anchors = AnchorShapes().anchors(mapHeight: 4, mapWidth: 4, stride: 16)
    let nan = [Float](repeating: .nan, count: anchors.count * 4)
    let zeros = [Float](repeating: 0, count: anchors.count * 4)
    func found(_ logits: [Float], _ deltas: [Float], isUsed: [Bool]? = nil) -> [Proposal] {
      select(
        .inference, logits: Array(logits.prefix(anchors.count)), deltas: deltas, anchors: anchors,
        isUsed: isUsed, width: 64, height: 64)
    }
    #expect(found(nan, zeros).isEmpty)
    #expect(found(zeros, nan).isEmpty)
    #expect(found(zeros, zeros, isUsed: anchors.map { _ in false }).isEmpty)
    #expect(!found(zeros, zeros).isEmpty)
    #expect(
      select(.inference, logits: [], deltas: [], anchors: [], width: 64, height: 64).isEmpty)
  }
}
