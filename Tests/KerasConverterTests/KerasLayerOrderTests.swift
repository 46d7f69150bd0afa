import Importing
import KerasConverter
import Layers
import Testing
import Zoo

@Suite struct KerasLayerOrderTests {
  private func order(_ stages: [Stage], _ shape: [Int] = [1, 8, 8, 3]) throws -> [String] {
    try KerasLayerOrder(Graph(stages, input: shape)).layers
  }

  @Test("A chain keeps its order, and a layer with an activation is one layer")
  func chain() throws {
    let stage = Stage("s") {
      Conv2D("b", 3, 4, activation: .relu)
      BatchNorm("a")
      Flatten("f")
      Dense("d", 2, activation: .softmax)
    }
    #expect(try order([stage]) == ["input", "b", "a", "f", "d"])
  }

  @Test("Branches are interleaved by depth, the one added first in front")
  func branches() throws {
    let stage = Stage("s") {
      Conv2D("stem", 1, 4)
      Residual("sum") {
        Conv2D("1", 1, 4)
        ReLU("1_relu")
        Conv2D("2", 1, 4)
      } shortcut: {
        Conv2D("0", 1, 4)
      }
    }
    #expect(try order([stage]) == ["input", "stem", "1", "1_relu", "0", "2", "sum"])
  }

  @Test("A sum that names its body first has the body's layers first")
  func bodyFirst() throws {
    let stage = Stage("s") {
      Residual("sum", scale: 0.5, order: .bodyFirst) {
        Conv2D("1", 1, 4)
        Conv2D("2", 1, 4)
      } shortcut: {
        Conv2D("0", 1, 4)
      }
    }
    #expect(try order([stage]) == ["input", "1", "2", "0", "sum"])
  }

  @Test(
    "The layers with weights stand as in Keras's own models",
    arguments: [
      ("ResNet50", ResNet(.fifty) as any FeatureExtractor), ("VGG16", VGG(.sixteen)),
      ("MobileNet", MobileNet()), ("MobileNetV2", MobileNetV2()), ("Xception", Xception()),
      ("DenseNet121", DenseNet(.oneHundredTwentyOne)), ("EfficientNetB0", EfficientNet(.b0)),
      ("InceptionV3", InceptionV3()), ("InceptionResNetV2", InceptionResNetV2()),
      ("InceptionV1", InceptionV1()), ("InceptionV2", InceptionV2()),
      ("InceptionV4", InceptionV4()),
    ])
  func networks(name: String, network: any FeatureExtractor) throws {
    let graph = try Graph(network.stages, input: network.imageShape)
    let weighted = Set(graph.parameters.map(\.layer))
    let layers = KerasLayerOrder(graph).layers
    #expect(Set(layers).count == layers.count)
    #expect(Set(layers) == Set(graph.layers + ["input"]))
    #expect(layers.filter { weighted.contains($0) } == (try lines(of: "order_\(name).txt")))
  }
}
