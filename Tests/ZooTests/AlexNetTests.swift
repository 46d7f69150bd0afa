import Layers
import Testing
import Zoo

@Suite struct AlexNetTests {
  private let network = AlexNet()

  @Test(
    "It has the layers of the network built in Keras",
    arguments: ["alexnet", "alexnet_257x331"])
  func layers(list: String) throws { try network.expectLayers(of: list) }

  @Test("Parameters are as many as Caffe's reference network has")
  func count() throws { try network.expectParameters(60_965_224) }

  @Test("Maps are the convolutions', at strides 4, 8 and 16")
  func maps() throws {
    #expect(try network.maps == ["conv1 4 96", "conv2 8 256", "conv5 16 256"])
    try network.expectPartsMakeTheWhole()
    #expect(network.preprocessing == .caffe(imageSide: 227))
  }

  /// Fast R-CNN pools to 6×6 in place of `pool5`, so that `fc6` keeps its weights.
  @Test("Regions of 6×6 read the whole network's parameters, of other sizes more or fewer")
  func regions() throws {
    #expect(try network.regionSide == network.sideAfterBridge)
    for side in [6, 7, 14] { #expect(try network.regionShape(side: side) == [300, 4096]) }
    #expect(try network.dilated(toStride: 8).regionSide == 6)
    let graph = try Graph(network.regionStages, input: [1, 6, 6, 256])
    #expect(graph.parameters[0].shape == [9216, 4096])
  }

  /// Krizhevsky's own count, without biases: figure 2's layers, each convolution in its two halves.
  @Test("The paper's second, fourth and fifth convolutions read half of the channels")
  func groups() throws {
    let kernels = try network.parameters().filter { $0.variable == "kernel" }.map(\.shape)
    #expect(
      kernels.prefix(5) == [
        [11, 11, 3, 96], [5, 5, 48, 256], [3, 3, 256, 384], [3, 3, 192, 384], [3, 3, 192, 256],
      ])
  }

  @Test("A small network has its layers under the same names")
  func smallNetwork() throws {
    let small = AlexNet(filters: [2, 4, 6, 8, 10], units: 5, classes: 3)
    #expect(
      try Graph(small.stages, input: small.imageShape).layers
        == Graph(network.stages, input: network.imageShape).layers)
  }
}
