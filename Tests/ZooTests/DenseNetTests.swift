import Layers
import Testing
import Zoo

@Suite struct DenseNetTests {
  private let network = DenseNet(.oneHundredTwentyOne)

  @Test("It has Keras's layers", arguments: ["densenet121", "densenet121_notop_225x193"])
  func layers(list: String) throws { try network.expectLayers(of: list) }

  @Test(
    "Parameters are as many as Keras counts",
    arguments: [
      (DenseNet.Depth.oneHundredTwentyOne, 8_062_504), (.oneHundredSixtyNine, 14_307_880),
      (.twoHundredOne, 20_242_984),
    ])
  func count(depth: DenseNet.Depth, expected: Int) throws {
    try DenseNet(depth).expectParameters(expected)
    try DenseNet(depth).expectPartsMakeTheWhole()
  }

  @Test("Maps end where a block's channels are halved")
  func maps() throws {
    #expect(
      try network.maps == [
        "conv1_relu 2 64", "pool2_conv 4 128", "pool3_conv 8 256", "pool4_conv 16 512",
      ])
    #expect(try DenseNet(.oneHundredSixtyNine).maps.last == "pool4_conv 16 640")
    #expect(try DenseNet(.twoHundredOne).maps.last == "pool4_conv 16 896")
    #expect(network.preprocessing == .torch())
  }

  @Test("Regions come out at half the resolution", arguments: [(7, 3), (14, 7)])
  func regions(side: Int, result: Int) throws {
    #expect(try network.regionShape(side: side) == [300, result, result, 1024])
    #expect(try DenseNet(.twoHundredOne).regionShape(side: side) == [300, result, result, 1920])
  }

  @Test("A small network has its layers under the same names")
  func smallNetwork() throws {
    let small = DenseNet(units: [6, 12, 24, 16], growth: 2, classes: 5)
    #expect(
      try Graph(small.stages, input: small.imageShape).layers
        == Graph(network.stages, input: network.imageShape).layers)
  }
}
