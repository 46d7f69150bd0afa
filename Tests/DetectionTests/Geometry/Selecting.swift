import Boxes
import Detection
import Engine
import Foundation

func sigmoid(_ logit: Float) -> Float { 1 / (1 + exp(-logit)) }

func suppressed(_ boxes: [Box], overlap: Float, limit: Int) -> [Int] {
  boxes.flatMap(\.edges).withUnsafeBufferPointer {
    nonMaximumSuppression($0, overlap: overlap, limit: limit)
  }
}

func select(
  _ selection: ProposalSelection, logits: [Float], deltas: [Float], anchors: [Box],
  isUsed: [Bool]? = nil, width: Float, height: Float
) -> [Proposal] {
  logits.withUnsafeBufferPointer { logits in
    deltas.withUnsafeBufferPointer { deltas in
      selection(
        logits: logits, deltas: deltas, anchors: anchors, isUsed: isUsed, width: width,
        height: height)
    }
  }
}

func select(
  _ selection: DetectionSelection, probabilities: [Float], deltas: [Float], regions: [Box],
  classCount: Int, coding: BoxCoding = .regions, width: Float, height: Float
) -> [DetectedObject] {
  probabilities.withUnsafeBufferPointer { probabilities in
    deltas.withUnsafeBufferPointer { deltas in
      selection(
        probabilities: probabilities, deltas: deltas, regions: regions, classCount: classCount,
        coding: coding, width: width, height: height)
    }
  }
}
