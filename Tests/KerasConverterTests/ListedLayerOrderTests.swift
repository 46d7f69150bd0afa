import Foundation
import Importing
import Layers
import Testing
import Zoo

/// The order of all layers, those without weights too, against the lists that
/// Tests/ZooTests/Fixtures/make_layers.py made: their lines stand in the order of `model.layers`.
@Suite struct ListedLayerOrderTests {
  @Test(
    "Layers stand as in the model that Keras builds",
    arguments: [
      ("resnet50_v1", ResNet(.fifty) as any FeatureExtractor),
      ("resnet101_v1", ResNet(.oneHundredOne)), ("resnet152_v1", ResNet(.oneHundredFiftyTwo)),
      ("resnet34_v1", ResNet(.thirtyFour)),
      ("resnet50_v1_torchvision", ResNet(.fifty, variant: .torchvision)),
      ("resnet50_v1_slim_225x193", ResNet(.fifty, variant: .slim)),
      ("resnet50_v2", ResNetV2(.fifty)), ("resnet101_v2", ResNetV2(.oneHundredOne)),
      ("resnet152_v2", ResNetV2(.oneHundredFiftyTwo)), ("resnet34_v2", ResNet34V2()),
      ("seresnet50", SENet(.seResNet50)), ("senet154", SENet(.seNet154)),
      ("vgg16", VGG(.sixteen)), ("vgg19", VGG(.nineteen)), ("mobilenet_v1", MobileNet()),
      ("mobilenet_v3_large", MobileNetV3(.large)), ("mobilenet_v3_small", MobileNetV3(.small)),
      ("mobilenet_v3_small_torchvision", MobileNetV3(.small, variant: .torchvision)),
    ])
  func order(list: String, network: any FeatureExtractor) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../ZooTests/Fixtures/\(list).txt")
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst()
    let names = lines.map { line in String(line.prefix { $0 != " " }) }
    let graph = try Graph(network.stages, input: network.imageShape)
    #expect(KerasLayerOrder(graph).layers == ["input"] + names)
  }
}
