import Boxes
import Detection
import Testing

@Suite struct AnchorShapesTests {
  @Test("Anchors go by row, column, side and ratio, around the centres of cells")
  func order() {
    let shapes = AnchorShapes(sides: [16, 32], ratios: [0.25, 1, 4])
    #expect(shapes.count == 6)
    let anchors = shapes.anchors(mapHeight: 2, mapWidth: 3, stride: 8)
    #expect(anchors.count == 36)
    // Ratio 1/4 of side 16: 32 wide, 8 high.
    #expect(anchors[0] == Box(4 - 16, 4 - 4, 4 + 16, 4 + 4))
    #expect(anchors[1] == Box(4 - 8, 4 - 8, 4 + 8, 4 + 8))
    #expect(anchors[5] == Box(4 - 8, 4 - 32, 4 + 8, 4 + 32))
    // Row 1, column 2.
    #expect(anchors[(1 * 3 + 2) * 6 + 3] == Box(20 - 32, 12 - 8, 20 + 32, 12 + 8))
  }

  @Test("All ratios of a side have its area")
  func area() {
    let shapes = AnchorShapes()
    #expect(shapes.count == 15)
    for (index, anchor) in shapes.anchors(mapHeight: 1, mapWidth: 1, stride: 16).enumerated() {
      let side = shapes.sides[index / 3]
      #expect(abs(anchor.area / (side * side) - 1) < 1e-5)
      #expect(abs(anchor.height / anchor.width / shapes.ratios[index % 3] - 1) < 1e-5)
    }
  }

  @Test("Anchors are used where their centres lie within the image")
  func used() {
    let shapes = AnchorShapes(sides: [8, 64], ratios: [1])
    // Centres at 8, 24 and 40; an image as wide as a centre does not contain it.
    let isUsed = shapes.isUsed(mapHeight: 2, mapWidth: 3, stride: 16, width: 40, height: 9)
    #expect(isUsed == [true, true, true, true, false, false] + Array(repeating: false, count: 6))
    let anchors = shapes.anchors(mapHeight: 2, mapWidth: 3, stride: 16)
    #expect(zip(anchors, isUsed).allSatisfy { ($0.centerX < 40 && $0.centerY < 9) == $1 })
  }

  @Test("A map without cells has no anchors")
  func none() {
    #expect(AnchorShapes().anchors(mapHeight: 0, mapWidth: 4, stride: 16).isEmpty)
    #expect(AnchorShapes(sides: []).anchors(mapHeight: 3, mapWidth: 4, stride: 16).isEmpty)
  }
}
