import Boxes
import Datasets
import Detection
import Testing

@Suite struct BoxCodingTests {
  @Test("A box is coded by hand")
  func literal() {
    let reference = Box(10, 20, 30, 60)
    let box = Box(20, 40, 40, 60)
    // The centre goes from (20, 40) to (30, 50); the height halves.
    let numbers = BoxCoding.regions.encode(box, relativeTo: reference)
    #expect(numbers.x == 5)
    #expect(numbers.y == 2.5)
    #expect(numbers.z == 0)
    #expect(abs(numbers.w - 5 * -0.693_147_2) < 1e-6)
  }

  @Test("Decoding undoes coding", arguments: [BoxCoding.proposals, .regions])
  func inverse(coding: BoxCoding) {
    var generator = SeededGenerator(seed: 2, for: "boxes")
    let boxes = generator.boxes(300).filter(\.isProper)
    for (box, reference) in zip(boxes, boxes.reversed()) {
      let numbers = coding.encode(box, relativeTo: reference)
      let decoded = coding.decode(numbers, relativeTo: reference)
      #expect(largestDifference(decoded.edges, box.edges) < 1e-5)
    }
  }

  @Test("A scale counts as at most 1000 / 16")
  func clamp() {
    let box = BoxCoding.proposals.decode(SIMD4(0, 0, 50, .infinity), relativeTo: Box(0, 0, 16, 16))
    #expect(abs(box.width - 1000) < 1e-2)
    #expect(abs(box.height - 1000) < 1e-2)
  }

  @Test("Numbers that are not finite give no proper box")
  func notANumber() {
    for index in 0..<4 {
      var numbers = SIMD4<Float>()
      numbers[index] = .nan
      #expect(!BoxCoding.regions.decode(numbers, relativeTo: Box(0, 0, 16, 16)).isProper)
    }
  }
}
