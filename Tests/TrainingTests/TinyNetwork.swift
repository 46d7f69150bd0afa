import Layers

/// A network with one of each thing that training treats in its own way.
struct TinyNetwork: FeatureExtractor {
  var classes = 3
  var side = 12

  var preprocessing: Preprocessing { .signed(imageSide: side) }

  var imageStages: [Stage] {
    [
      Stage("stem") {
        Conv2D("stem_conv", 3, 6, stride: 2, bias: false)
        BatchNorm("stem_bn")
        ReLU("stem_relu")
      },
      Stage("body") {
        DepthwiseConv2D("body_dw", 3, bias: false)
        BatchNorm("body_dw_bn")
        ReLU("body_dw_relu")
        Conv2D("body_pw", 1, 8)
        ReLU("body_relu")
      },
    ]
  }

  var regionStages: [Stage] { [Stage("tail") { Conv2D("tail_conv", 3, 8, activation: .relu) }] }

  var classifier: Stage {
    Stage("classifier") {
      GlobalAveragePool("pool")
      Dropout("dropout", rate: 0.25)
      Dense("predictions", classes, activation: .softmax)
    }
  }
}
