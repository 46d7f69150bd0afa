import Boxes
import Foundation

/// Torchvision's numbers; `Fixtures/make_geometry_goldens.py` says what is in the file.
struct GeometryGoldens: Decodable {
  struct Anchors: Decodable {
    let sides, ratios, boxes: [Float]
    let height, width, stride: Int
  }

  struct Coding: Decodable {
    let weights, boxes, references, deltas, encoded, decoded: [Float]
  }

  struct Matching: Decodable {
    let boxes, objects, overlaps: [Float]
    let anchors, regions: [Int32]
  }

  struct Suppression: Decodable {
    struct Kept: Decodable {
      let overlap: Float
      let indices: [Int]
    }
    let boxes: [Float]
    let kept: [Kept]
  }

  struct Proposals: Decodable {
    let anchors, logits, deltas, boxes, scores: [Float]
    let height, width, overlap: Float
    let candidates, count: Int
  }

  struct Detections: Decodable {
    let regions, probabilities, deltas, boxes, scores: [Float]
    let labels: [Int]
    let classes, count: Int
    let height, width: Float
  }

  let anchors: Anchors
  let codings: [Coding]
  let matching: Matching
  let suppression: Suppression
  let proposals: Proposals
  let detections: Detections

  static func read() throws -> GeometryGoldens {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Fixtures/geometry.json")
    return try JSONDecoder().decode(GeometryGoldens.self, from: Data(contentsOf: file))
  }
}

/// The numbers of each four.
func boxes(_ edges: [Float]) -> [Box] {
  stride(from: 0, to: edges.count, by: 4).map {
    Box(edges[$0], edges[$0 + 1], edges[$0 + 2], edges[$0 + 3])
  }
}

/// The largest distance of two numbers, by the size of the second where that is above 1.
func largestDifference(_ found: [Float], _ expected: [Float]) -> Float {
  guard found.count == expected.count else { return .infinity }
  let differences = zip(found, expected).map { abs($0 - $1) / max(abs($1), 1) }
  return differences.allSatisfy(\.isFinite) ? differences.max() ?? 0 : .infinity
}
