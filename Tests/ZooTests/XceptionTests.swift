import Layers
import Testing
import Zoo

@Suite struct XceptionTests {
  private let network = Xception()

  @Test("It has Keras's layers", arguments: ["xception", "xception_notop_225x193"])
  func layers(list: String) throws { try network.expectLayers(of: list) }

  @Test("Parameters are as many as Keras counts")
  func count() throws { try network.expectParameters(22_910_480) }

  @Test("Maps end with each flow, the last of them with the middle one")
  func maps() throws {
    #expect(
      try network.maps == [
        "block1_conv2_act 2 64", "add 4 128", "add_1 8 256", "add_10 16 728",
      ])
    try network.expectPartsMakeTheWhole()
    #expect(network.preprocessing == .signed(imageSide: 299))
  }

  @Test("Regions come out at half the resolution", arguments: [(7, 4), (14, 7)])
  func regions(side: Int, result: Int) throws {
    #expect(try network.regionShape(side: side) == [300, result, result, 2048])
  }

  @Test("A small network has its layers under the same names")
  func smallNetwork() throws {
    let small = Xception(entry: [2, 3, 4, 5, 6], middle: 8, exit: [7, 8, 9], classes: 5)
    #expect(
      try Graph(small.stages, input: small.imageShape).layers
        == Graph(network.stages, input: network.imageShape).layers)
    // With another number of blocks, numbers go on from block to block.
    let short = Xception(entry: [2, 3, 4, 5, 6], middle: 1, exit: [7, 8, 9], classes: 5)
    #expect(try short.maps.last == "add_3 16 6")
    #expect(try short.parameters().contains { $0.layer == "block7_sepconv2" })
  }
}
