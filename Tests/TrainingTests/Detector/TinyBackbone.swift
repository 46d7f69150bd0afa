import Layers

/// A backbone with one of each thing that training treats in its own way; its map has a cell for 8×8
/// pixels.
struct TinyBackbone: FeatureExtractor {
  /// Another number makes another network.
  var channels = 12

  var preprocessing: Preprocessing { .signed(imageSide: 32) }

  var imageStages: [Stage] {
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

  var regionStages: [Stage] {
    [
      Stage("tail") {
        Conv2D("tail_conv", 3, 10, bias: false)
        BatchNorm("tail_bn")
        ReLU("tail_relu")
      }
    ]
  }

  var classifier: Stage {
    Stage("classifier") {
      GlobalAveragePool("pool")
      Dropout("dropout", rate: 0.25)
      Dense("predictions", 7, activation: .softmax)
    }
  }
}
