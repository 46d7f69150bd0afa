public import Layers

/// A backbone with one of each thing that a detector and its training treat in their own way; its map
/// has a cell for 8×8 pixels.
public struct TinyBackbone: FeatureExtractor {
  /// The channels of the map; another number makes another network.
  public var channels = 12
  /// What runs for each region.
  public var tail = TinyBackbone.normalizedTail

  public init() {}

  public var preprocessing: Preprocessing { .signed(imageSide: 32) }

  public var imageStages: [Stage] {
    [
      Stage("stem") {
        Conv2D("stem_conv", 3, 8, stride: 2, bias: false)
        BatchNorm("stem_bn")
        ReLU("stem_relu")
      },
      Stage("body") {
        DepthwiseConv2D("body_dw", 3, stride: 2, bias: false)
        BatchNorm("body_dw_bn")
        ReLU("body_dw_relu")
        Conv2D("body_pw", 1, 12)
        ReLU("body_relu")
      },
      Stage("last") {
        Conv2D("last_conv", 3, channels, stride: 2, bias: false)
        BatchNorm("last_bn", scale: false)
        ReLU("last_relu")
      },
    ]
  }

  public var regionStages: [Stage] { [tail] }

  /// A convolution with a normalisation, as in ResNet.
  public static var normalizedTail: Stage {
    Stage("tail") {
      Conv2D("tail_conv", 3, 10, bias: false)
      BatchNorm("tail_bn")
      ReLU("tail_relu")
    }
  }

  /// A convolution alone.
  public static var convolutionTail: Stage {
    Stage("tail") { Conv2D("tail_conv", 3, 16, activation: .relu) }
  }

  /// A dense layer on flattened regions, as in VGG.
  public static var denseTail: Stage {
    Stage("tail") {
      Flatten("tail_flatten")
      Dense("tail_fc", 16, activation: .relu)
    }
  }

  public var classifier: Stage {
    Stage("classifier") {
      GlobalAveragePool("pool")
      Dropout("dropout", rate: 0.25)
      Dense("predictions", 7, activation: .softmax)
    }
  }
}
