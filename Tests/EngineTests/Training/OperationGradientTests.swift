import Engine
import Layers
import Tensors
import Testing

/// Each operation by itself and with its neighbours, against central differences.
@Suite struct OperationGradientTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let shape: [Int]
    var endpoints: [String] = []
    var batchStatistics: Set<String> = []
    let layers: [any Layer]

    init(
      _ name: String, _ shape: [Int], endpoints: [String] = [], batchStatistics: Set<String> = [],
      @LayerBuilder layers: () -> [any Layer]
    ) {
      (testDescription, self.shape, self.endpoints) = (name, shape, endpoints)
      (self.batchStatistics, self.layers) = (batchStatistics, layers())
    }
  }

  private static let odd = [2, 7, 5, 4]
  private static let even = [1, 4, 6, 4]
  private static let vectors = [3, 6]
  private static let wide = Margins(top: 2, left: 2, bottom: 2, right: 2)
  private static let lopsided = Margins(top: 0, left: 2, bottom: 1, right: 0)

  static let convolutions = [
    Case("same", odd) { Conv2D("conv", 3, 4) },
    Case("stride 2", odd) { Conv2D("conv", 3, 3, stride: 2) },
    Case("stride 2, even", even) { Conv2D("conv", 3, 4, stride: 2) },
    Case("stride 3, 5×5", even) { Conv2D("conv", 5, 4, stride: 3) },
    Case("valid, stride 2, even", even) { Conv2D("conv", 3, 4, stride: 2, padding: .valid) },
    Case("a row and a column that no position reaches", [2, 6, 8, 3]) {
      Conv2D("conv", 3, 5, stride: 4, padding: .valid)
    },
    Case("1×1", odd) { Conv2D("conv", 1, 7) },
    Case("1×1, stride 2", odd) { Conv2D("conv", 1, 4, stride: 2) },
    Case("1×5", odd) { Conv2D("conv", Extent(1, 5), 4) },
    Case("5×1, valid", odd) { Conv2D("conv", Extent(5, 1), 4, padding: .valid) },
    Case("2×2 same", odd) { Conv2D("conv", 2, 4) },
    Case("4×4 same, stride 2", odd) { Conv2D("conv", 4, 4, stride: 2) },
    Case("asymmetric margins", odd) {
      CustomLayer(
        "conv",
        .convolution(Window(size: 3, stride: 2, margins: lopsided), filters: 4, bias: true))
    },
    Case("margins wider than the window", even) {
      CustomLayer(
        "conv",
        .convolution(
          Window(size: 2, margins: Margins(top: 3, left: 0, bottom: 0, right: 2)), filters: 3,
          bias: true))
    },
    Case("dilation 2", odd) { Conv2D("conv", 3, 4, dilation: 2) },
    Case("dilation 2, valid", odd) { Conv2D("conv", 3, 4, padding: .valid, dilation: 2) },
    Case("dilation 3, stride 2", odd) { Conv2D("conv", 2, 4, stride: 2, dilation: 3) },
    Case("2 groups", odd) { Conv2D("conv", 3, 6, groups: 2) },
    Case("4 groups of one channel, no bias", even) { Conv2D("conv", 3, 8, groups: 4, bias: false) },
    Case("2 groups, dilation 2, stride 2", odd) {
      Conv2D("conv", 3, 4, stride: 2, dilation: 2, groups: 2)
    },
    Case("wide groups", [1, 5, 4, 32]) { Conv2D("conv", 3, 32, groups: 2) },
    Case("no bias", odd) { Conv2D("conv", 3, 4, bias: false) },
    Case("one filter", odd) { Conv2D("conv", 3, 1) },
    Case("one channel", [1, 5, 6, 1]) { Conv2D("conv", 3, 3) },
    Case("17 channels, 19 filters", [1, 4, 3, 17]) { Conv2D("conv", 3, 19) },
    Case("a map of one cell", [2, 1, 1, 4]) { Conv2D("conv", 3, 4) },
    Case("the window is the map", odd) { Conv2D("conv", Extent(7, 5), 4, padding: .valid) },
    Case("ReLU", odd) { Conv2D("conv", 3, 4, activation: .relu) },
    Case("sigmoid", odd) { Conv2D("conv", 3, 4, activation: .sigmoid) },
    Case("softmax", odd) { Conv2D("conv", 1, 4, activation: .softmax) },
    Case("ReLU6", odd) {
      Conv2D("conv", 3, 4)
      BatchNorm("bn")
      ReLU("relu", limit: .six)
    },
    Case("padding absorbed", odd) {
      ZeroPad("pad", before: 2, after: 1)
      Conv2D("conv", 3, 4, padding: .valid)
    },
    Case("padding absorbed into same", odd) {
      ZeroPad("pad", before: 0, after: 1)
      Conv2D("conv", 3, 4, stride: 2)
    },
    Case("padding twice", odd) {
      ZeroPad("pad_1", before: 0, after: 1)
      ZeroPad("pad_2", before: 2, after: 0)
      Conv2D("conv", 3, 4, padding: .valid)
    },
    Case("padding read twice", odd) {
      ZeroPad("pad", before: 1, after: 0)
      Concatenate(
        "concat", branches: [[Conv2D("conv_1", 3, 3)], [Conv2D("conv_2", 1, 2)]])
    },
    Case("padding that is an endpoint", odd, endpoints: ["pad", "conv"]) {
      ZeroPad("pad", before: 1, after: 2)
      Conv2D("conv", 3, 4)
    },
    Case("two, with something before to train", odd) {
      Conv2D("conv_1", 3, 5, activation: .relu)
      Conv2D("conv_2", 3, 4, stride: 2)
    },
    Case("norm", odd) {
      Conv2D("conv", 3, 5)
      BatchNorm("bn")
    },
    Case("norm without scale, no bias", even) {
      Conv2D("conv", 3, 4, stride: 2, bias: false)
      BatchNorm("bn", scale: false)
      ReLU("relu")
    },
    Case("norm without center", odd) {
      Conv2D("conv", 3, 4)
      BatchNorm("bn", center: false)
    },
    Case("bare norm", odd) {
      Conv2D("conv", 3, 4)
      BatchNorm("bn", scale: false, center: false)
    },
    Case("norm of groups", odd) {
      Conv2D("conv", 3, 6, groups: 2)
      BatchNorm("bn")
      ReLU("relu")
    },
    Case("norm after ReLU, so unfolded", odd) {
      Conv2D("conv", 3, 4, activation: .relu)
      BatchNorm("bn")
    },
    Case("norm twice", odd) {
      Conv2D("conv", 3, 4)
      BatchNorm("bn_1")
      BatchNorm("bn_2")
    },
    Case("norm of a convolution that is an endpoint", odd, endpoints: ["conv", "bn"]) {
      Conv2D("conv", 3, 4)
      BatchNorm("bn")
    },
    Case("depthwise", odd) { DepthwiseConv2D("depthwise", 3) },
    Case("depthwise, 17 channels", [1, 5, 4, 17]) { DepthwiseConv2D("depthwise", 3) },
    Case("depthwise, 3 a channel", odd) { DepthwiseConv2D("depthwise", 3, multiplier: 3) },
    Case("depthwise, 2 a channel, stride 2", even) {
      DepthwiseConv2D("depthwise", 3, multiplier: 2, stride: 2)
    },
    Case("depthwise, stride 2, no bias", odd) {
      DepthwiseConv2D("depthwise", 3, stride: 2, bias: false)
    },
    Case("depthwise, dilation 2", odd) { DepthwiseConv2D("depthwise", 3, dilation: 2) },
    Case("depthwise, one channel", [2, 5, 4, 1]) { DepthwiseConv2D("depthwise", 3) },
    Case("depthwise, asymmetric margins", odd) {
      CustomLayer(
        "depthwise",
        .depthwiseConvolution(
          Window(size: Extent(2, 3), stride: 2, margins: lopsided), multiplier: 1, bias: true))
    },
    Case("depthwise, padded, norm, ReLU6", odd) {
      ZeroPad("pad", before: 0, after: 1)
      DepthwiseConv2D("depthwise", 3, stride: 2, padding: .valid, bias: false)
      BatchNorm("bn")
      ReLU("relu", limit: .six)
    },
    Case("separable", odd) { SeparableConv2D("separable", 3, 6) },
    Case("separable, stride 2, no bias, norm, ReLU", odd) {
      SeparableConv2D("separable", 3, 6, stride: 2, bias: false)
      BatchNorm("bn")
      ReLU("relu")
    },
    Case("separable, dilation 2, swish", even) {
      SeparableConv2D("separable", 3, 5, padding: .symmetric(2), dilation: 2)
      ActivationLayer("swish", .swish)
    },
    Case("depthwise, 2 a channel, norm", odd) {
      DepthwiseConv2D("depthwise", 3, multiplier: 2)
      BatchNorm("bn")
    },
  ]

  static let others = [
    Case("max pool", odd) { MaxPool("pool", 2, stride: 2) },
    Case("max pool, overlapping", odd) { MaxPool("pool", 3, stride: 2) },
    Case("max pool, same, stride 1", even) { MaxPool("pool", 3, stride: 1, padding: .same) },
    Case("max pool, same, stride 2", even) { MaxPool("pool", 3, stride: 2, padding: .same) },
    Case("max pool, asymmetric margins", odd) {
      CustomLayer("pool", .pool(.max, Window(size: 3, stride: 2, margins: lopsided)))
    },
    Case("max pool of absorbed zeros", odd) {
      Conv2D("conv", 3, 4, activation: .relu)
      ZeroPad("pad", before: 1, after: 1)
      MaxPool("pool", 3, stride: 2)
    },
    Case("max pool of written zeros", odd) {
      Conv2D("conv", 3, 4)
      ZeroPad("pad", before: 1, after: 1)
      MaxPool("pool", 3, stride: 2)
    },
    Case("max pool, then a convolution", odd) {
      Conv2D("conv_1", 3, 6, activation: .relu)
      MaxPool("pool", 2, stride: 2)
      Conv2D("conv_2", 3, 3)
    },
    Case("max pool, symmetric margins", even) {
      Conv2D("conv", 3, 4)
      MaxPool("pool", 3, stride: 2, padding: .symmetric(1))
    },
    Case("max pool, margins wider than the window", even) {
      MaxPool("pool", 2, stride: 1, padding: .symmetric(3))
    },
    Case("max pool of absorbed zeros wider than the window", odd) {
      Conv2D("conv", 3, 4, activation: .relu)
      ZeroPad("pad", before: 3, after: 2)
      MaxPool("pool", 2, stride: 2)
    },
    Case("average pool, margins wider than the window", even) {
      AveragePool("pool", 2, stride: 3, padding: .symmetric(2))
    },
    Case("max pool, dilated", odd) {
      CustomLayer("pool", .pool(.max, Window(size: 3, dilation: 2, margins: wide)))
    },
    Case("max pool, dilated, stride 2, asymmetric margins", even) {
      CustomLayer("pool", .pool(.max, Window(size: 2, stride: 2, dilation: 3, margins: lopsided)))
    },
    Case("max pool, dilated, nothing under some windows", [1, 3, 5, 70]) {
      CustomLayer("pool", .pool(.max, Window(size: 2, dilation: 4, margins: wide)))
    },
    Case("average pool, dilated", odd) {
      CustomLayer("pool", .pool(.average, Window(size: 3, dilation: 2, margins: wide)))
    },
    Case("average pool, dilated by 3, stride 2", even) {
      CustomLayer(
        "pool", .pool(.average, Window(size: 2, stride: 2, dilation: 3, margins: lopsided)))
    },
    Case("average pool, dilated, nothing under some windows", [1, 3, 5, 70]) {
      CustomLayer("pool", .pool(.average, Window(size: 2, dilation: 4, margins: wide)))
    },
    Case("average pool, symmetric margins", odd) {
      AveragePool("pool", 3, stride: 2, padding: .symmetric(1))
    },
    Case("average pool", odd) { AveragePool("pool", 2, stride: 2) },
    Case("average pool, same, stride 1", odd) {
      AveragePool("pool", 3, stride: 1, padding: .same)
    },
    Case("average pool, same, stride 2", even) {
      AveragePool("pool", 3, stride: 2, padding: .same)
    },
    Case("average pool, asymmetric margins", odd) {
      CustomLayer("pool", .pool(.average, Window(size: 3, stride: 2, margins: lopsided)))
    },
    Case("average pool of zeros too", odd) {
      ZeroPad("pad", before: 1, after: 0)
      AveragePool("pool", 3, stride: 2)
    },
    Case("global average pool", odd) {
      Conv2D("conv", 1, 3)
      GlobalAveragePool("pool")
    },
    Case("global average pool that keeps its rank", odd) {
      GlobalAveragePool("pool", keepsRank: true)
      Conv2D("conv", 1, 3)
    },
    Case("global max pool", odd) {
      Conv2D("conv", 1, 3)
      GlobalMaxPool("pool")
    },
    Case("zero padding alone", odd) { ZeroPad("pad", before: 1, after: 2) },
    Case("zero padding of four widths", odd) {
      CustomLayer("pad", .zeroPad(Margins(top: 0, left: 1, bottom: 2, right: 3)))
    },
    Case("ReLU", odd) { ReLU("relu") },
    Case("ReLU twice", odd) {
      ReLU("relu_1")
      ReLU("relu_2")
    },
    Case("ReLU6 at both ends", odd) { EightTimes(.relu6) },
    Case("sigmoid", odd) { ActivationLayer("sigmoid", .sigmoid) },
    Case("swish", odd) { ActivationLayer("swish", .swish) },
    Case("swish twice", odd) {
      ActivationLayer("swish_1", .swish)
      ActivationLayer("swish_2", .swish)
    },
    Case("swish of a convolution", odd) { Conv2D("conv", 3, 5, activation: .swish) },
    Case("swish of a folded norm", odd) {
      DepthwiseConv2D("conv_1", 3)
      BatchNorm("bn")
      ActivationLayer("swish", .swish)
      Conv2D("conv_2", 1, 5)
    },
    Case("swish of a sum", odd) {
      Conv2D("conv_0", 1, 4, activation: .swish)
      Residual("add") { Conv2D("conv", 3, 4) }
      ActivationLayer("swish", .swish)
      Conv2D("conv_2", 1, 3)
    },
    Case("swish whose input is an endpoint", odd, endpoints: ["conv", "swish"]) {
      Conv2D("conv", 3, 5)
      ActivationLayer("swish", .swish)
    },
    Case("swish of a shortcut", odd) {
      ActivationLayer("swish_1", .swish)
      Residual("add") {
        Conv2D("conv_1", 1, 6, activation: .swish)
        Conv2D("conv_2", 1, 4)
      }
      ActivationLayer("swish_2", .swish)
    },
    Case("swish of vectors", vectors) { Dense("dense", 5, activation: .swish) },
    Case("hard sigmoid at both ends", odd) { EightTimes(.hardSigmoid) },
    Case("hard swish at both ends", odd) { EightTimes(.hardSwish) },
    Case("hard swish twice", odd) {
      ActivationLayer("swish_1", .hardSwish)
      ActivationLayer("swish_2", .hardSwish)
    },
    Case("hard activations of convolutions", odd) {
      Conv2D("conv_1", 3, 5, activation: .hardSwish)
      Conv2D("conv_2", 1, 4, activation: .hardSigmoid)
      Conv2D("conv_3", 1, 3)
    },
    Case("hard activations of folded norms", odd) {
      DepthwiseConv2D("conv_1", 3)
      BatchNorm("bn_1")
      ActivationLayer("swish", .hardSwish)
      Conv2D("conv_2", 1, 5)
      BatchNorm("bn_2")
      ActivationLayer("sigmoid", .hardSigmoid)
      Conv2D("conv_3", 1, 3)
    },
    Case("hard activations of norms by themselves", odd) {
      BatchNorm("bn_1")
      ActivationLayer("swish", .hardSwish)
      BatchNorm("bn_2")
      ActivationLayer("sigmoid", .hardSigmoid)
    },
    Case("hard activations of sums", odd) {
      Conv2D("conv_0", 1, 4, activation: .hardSwish)
      Residual("add_1") { Conv2D("conv_1", 3, 4) }
      ActivationLayer("swish", .hardSwish)
      Residual("add_2") { MaxPool("pool", 3, stride: 1, padding: .same) }
      ActivationLayer("sigmoid", .hardSigmoid)
      Conv2D("conv_2", 1, 3)
    },
    Case("hard swish whose input is an endpoint", odd, endpoints: ["conv", "swish"]) {
      Conv2D("conv", 3, 5)
      ActivationLayer("swish", .hardSwish)
    },
    Case("hard activations of vectors", vectors) {
      Dense("dense_1", 5, activation: .hardSwish)
      Dense("dense_2", 3, activation: .hardSigmoid)
    },
    Case("a gate as MobileNet v3 has it", odd) {
      Conv2D("conv_1", 3, 6)
      BatchNorm("bn")
      ActivationLayer("swish", .hardSwish)
      Gate("gate") {
        GlobalAveragePool("squeeze", keepsRank: true)
        Conv2D("reduce", 1, 4)
        ReLU("relu")
        Conv2D("expand", 1, 6)
        ActivationLayer("sigmoid", .hardSigmoid)
      }
      Conv2D("conv_2", 1, 3)
    },
    Case("normalisation", odd) { Normalization("normalization") },
    Case("rescaling each channel", odd) {
      Conv2D("conv", 3, 3)
      Rescaling("rescaling", factors: [0.5, -2, 1], offsets: [1, 0, -3])
      ReLU("relu")
    },
    Case("arithmetic that is combined", [2, 7, 5, 3]) {
      Conv2D("conv_1", 1, 3)
      Rescaling("rescaling_1", factors: [1 / 255], offsets: [0.5])
      Normalization("normalization")
      Rescaling("rescaling_2", factors: [2, 3, 0.1], offsets: [0, 1, 2])
      Conv2D("conv_2", 3, 4)
    },
    Case("a factor of a convolution", odd) {
      Conv2D("conv", 3, 4)
      Rescaling("rescaling", factors: [0.17], offsets: [0])
    },
    Case("a factor of a normalised convolution", odd) {
      Conv2D("conv", 3, 4)
      BatchNorm("bn")
      Rescaling("rescaling", factors: [-0.3], offsets: [0])
      ReLU("relu")
    },
    Case("a factor before a norm", odd) {
      Conv2D("conv", 3, 4)
      Rescaling("rescaling", factors: [0.3], offsets: [0])
      BatchNorm("bn")
    },
    Case("a factor and an offset of a convolution", odd) {
      Conv2D("conv", 3, 4)
      Rescaling("rescaling", factors: [0.3], offsets: [0.1])
    },
    Case("two factors of a dense layer", vectors) {
      Dense("dense", 4)
      BatchNorm("bn", center: false)
      Rescaling("rescaling_1", factors: [0.3], offsets: [0])
      Rescaling("rescaling_2", factors: [0.5], offsets: [0])
    },
    Case("residual with a scale", odd) {
      Conv2D("conv_1", 1, 4, activation: .relu)
      Residual("add", scale: 0.17) {
        Conv2D("conv_2", 3, 6, activation: .relu)
        Conv2D("conv_3", 1, 4)
      }
      ReLU("relu")
    },
    Case("gate by channel", odd) {
      Gate("gate") {
        GlobalAveragePool("squeeze", keepsRank: true)
        Conv2D("reduce", 1, 3, activation: .relu)
        Conv2D("expand", 1, 4, activation: .sigmoid)
      }
    },
    Case("gate by channel, of vectors made a cell, 70 channels", [2, 3, 5, 70]) {
      Gate("gate") {
        GlobalAveragePool("squeeze")
        OneCell("cell")
        Conv2D("excite", 1, 70, activation: .sigmoid)
      }
      ReLU("relu", limit: .six)
    },
    Case("gate of the map's shape", odd) {
      Gate("gate") { Conv2D("conv", 3, 4, activation: .sigmoid) }
      ActivationLayer("sigmoid", .sigmoid)
    },
    Case("gate of itself", odd) { Gate("gate") {} },
    Case("gate, then a residual sum and ReLU", odd) {
      Residual("add") {
        Conv2D("conv_1", 3, 4)
        BatchNorm("bn_1")
        Gate("gate") {
          GlobalAveragePool("squeeze", keepsRank: true)
          Conv2D("excite", 1, 4, activation: .sigmoid)
        }
      } shortcut: {
        Conv2D("conv_0", 1, 4)
      }
      ReLU("relu")
      Conv2D("after", 1, 3)
    },
    Case("gate by a constant of the input", odd, endpoints: ["gate", "squeeze"]) {
      Gate("gate") {
        GlobalMaxPool("squeeze")
        OneCell("cell")
      }
    },
    Case("one cell", vectors) {
      OneCell("cell")
      Conv2D("conv", 1, 4)
    },
    Case("local response norm", odd) {
      LocalResponseNorm("lrn", radius: 1, bias: 1, alpha: 0.5, beta: 0.75)
    },
    Case("local response norm, 33 channels", [1, 3, 4, 33]) {
      Conv2D("conv_1", 1, 33)
      LocalResponseNorm("lrn", radius: 2, bias: 2, alpha: 0.3, beta: 0.6)
      Conv2D("conv_2", 1, 3)
    },
    Case("local response norm, wider than the channels", odd) {
      LocalResponseNorm("lrn", radius: 7, bias: 1, alpha: 0.1, beta: 0.5)
    },
    Case("local response norm of single channels", odd) {
      LocalResponseNorm("lrn", radius: 0, bias: 1, alpha: 1, beta: 0.75)
    },
    Case("softmax of a map", odd) { ActivationLayer("softmax", .softmax) },
    Case("softmax of vectors", vectors) { ActivationLayer("softmax", .softmax) },
    Case("softmax of one channel", [2, 3, 3, 1]) {
      Conv2D("conv", 1, 1)
      Concatenate(
        "concat", branches: [[ActivationLayer("softmax", .softmax)], [Conv2D("other", 1, 1)]])
    },
    Case("norm by itself", odd) { BatchNorm("bn") },
    Case("norm with a small epsilon", odd) { BatchNorm("bn", epsilon: 1.001e-5) },
    Case("norm by itself, no scale", odd) { BatchNorm("bn", scale: false) },
    Case("norm by itself, no center", odd) { BatchNorm("bn", center: false) },
    Case("norm, ReLU", odd) {
      BatchNorm("bn")
      ReLU("relu")
    },
    Case("norm, sigmoid", odd) {
      BatchNorm("bn")
      ActivationLayer("sigmoid", .sigmoid)
    },
    Case("norm of vectors", vectors) { BatchNorm("bn") },
    Case("dense", vectors) { Dense("dense", 5) },
    Case("dense, no bias, ReLU", vectors) { Dense("dense", 5, bias: false, activation: .relu) },
    Case("dense, sigmoid", vectors) { Dense("dense", 17, activation: .sigmoid) },
    Case("dense, softmax", vectors) { Dense("dense", 5, activation: .softmax) },
    Case("dense of a map", odd) { Dense("dense", 5) },
    Case("dense of one number", [3, 1]) { Dense("dense", 1) },
    Case("dense, norm, ReLU", vectors) {
      Dense("dense", 5)
      BatchNorm("bn")
      ReLU("relu")
    },
    Case("two dense", vectors) {
      Dense("dense_1", 7, activation: .relu)
      Dense("dense_2", 3)
    },
    Case("flatten, dense", [2, 3, 2, 4]) {
      Conv2D("conv", 3, 4)
      Flatten()
      Dense("dense", 5)
    },
    Case("flatten that is an endpoint", odd, endpoints: ["conv", "flatten"]) {
      Conv2D("conv", 3, 4)
      Flatten()
    },
    Case("concatenate", odd) {
      Concatenate(
        "concat",
        branches: [
          [Conv2D("conv_a", 1, 3), ReLU("relu_a")],
          [Conv2D("conv_b1", 1, 2), Conv2D("conv_b2", 3, 5, activation: .relu)],
          [AveragePool("pool", 3, stride: 1, padding: .same), Conv2D("conv_c", 1, 1)],
          [],
        ])
    },
    Case("concatenate of itself, then a convolution", odd) {
      Conv2D("conv_1", 1, 3)
      Concatenate("concat", branches: [[], []])
      Conv2D("conv_2", 3, 3)
    },
    Case("concatenate vectors", vectors) {
      Concatenate("concat", branches: [[Dense("dense_1", 3)], [Dense("dense_2", 2)], []])
      BatchNorm("bn")
    },
    Case("residual of itself", odd) { Residual("add") {} },
    Case("residual, identity", odd) {
      Conv2D("conv_1", 1, 4, activation: .relu)
      Residual("add") {
        Conv2D("conv_2", 3, 4)
        BatchNorm("bn")
      }
      ReLU("relu")
    },
    Case("residual, projection", odd) {
      Residual("add") {
        Conv2D("conv_1", 1, 3, stride: 2)
        BatchNorm("bn_1")
        ReLU("relu_1")
        Conv2D("conv_2", 3, 5)
        BatchNorm("bn_2")
      } shortcut: {
        Conv2D("conv_0", 1, 5, stride: 2)
        BatchNorm("bn_0")
      }
      ReLU("relu")
    },
    Case("residual twice, its middle an endpoint", odd, endpoints: ["add_1", "add_2"]) {
      Residual("add_1") { Conv2D("conv_1", 3, 4) }
      ReLU("relu_1")
      Residual("add_2") { Conv2D("conv_2", 3, 4) }
    },
    Case("residual of a ReLU", odd) { Residual("add") { Conv2D("conv", 3, 4, activation: .relu) } },
    Case("residual of a norm by itself", odd) { Residual("add") { BatchNorm("bn") } },
    Case("residual, its shortcut an endpoint", odd, endpoints: ["relu", "add"]) {
      ReLU("relu")
      Residual("add") { Conv2D("conv", 3, 4) }
    },
    Case("residual, its body an endpoint", odd, endpoints: ["conv", "add"]) {
      Residual("add") { Conv2D("conv", 3, 4) }
      ReLU("relu")
      Conv2D("after", 1, 2)
    },
    // The outer sum's gradient goes to the first convolution and, through the inner sum, to the
    // second: nothing may be added in its place.
    Case("a residual block in a residual block", odd) {
      Conv2D("stem", 1, 4)
      Residual("outer") {
        Conv2D("conv_1", 1, 4)
        Residual("inner") {
          Conv2D("conv_2", 3, 4)
          Conv2D("conv_3", 1, 4)
        } shortcut: {
        }
      } shortcut: {
      }
    },
    Case("three summands, one of them twice", odd) {
      CustomLayer { graph, input throws(GraphError) in
        let first = try graph.append(
          .convolution(Window(size: 1), filters: 4, bias: true), layer: "conv_1", inputs: [input])
        let second = try graph.append(
          .convolution(
            Window(size: 3, margins: Margins(top: 1, left: 1, bottom: 1, right: 1)),
            filters: 4, bias: true), layer: "conv_2", inputs: [first])
        let sum = try graph.append(.add, layer: "sum", inputs: [first, second, input])
        let again = try graph.append(.add, layer: "again", inputs: [sum, sum])
        return try graph.append(.activation(.relu), layer: "relu", inputs: [again])
      }
    },
    Case("a value that five layers read", odd) {
      Conv2D("conv", 3, 4, activation: .sigmoid)
      Residual("outer") {
        Residual("inner") {
          Conv2D("conv_1", 3, 4)
        } shortcut: {
          DepthwiseConv2D("conv_2", 3)
        }
      } shortcut: {
        Residual("beside") { BatchNorm("bn") }
      }
    },
    Case("the input as an endpoint", odd, endpoints: ["input", "conv"]) { Conv2D("conv", 3, 4) },
    Case("an endpoint twice", odd, endpoints: ["conv_1", "conv_2", "conv_1"]) {
      Conv2D("conv_1", 3, 4)
      Conv2D("conv_2", 1, 3)
    },
  ]

  static let batchNorms = [
    Case("by itself", [3, 4, 3, 5], batchStatistics: ["bn"]) { BatchNorm("bn") },
    Case("no scale", [3, 4, 3, 5], batchStatistics: ["bn"]) { BatchNorm("bn", scale: false) },
    Case("no center", [3, 4, 3, 5], batchStatistics: ["bn"]) { BatchNorm("bn", center: false) },
    Case("bare", [3, 4, 3, 5], batchStatistics: ["bn"]) {
      BatchNorm("bn", scale: false, center: false)
    },
    Case("small epsilon", [3, 4, 3, 5], batchStatistics: ["bn"]) {
      BatchNorm("bn", epsilon: 1.001e-5)
    },
    Case("17 channels", [2, 3, 3, 17], batchStatistics: ["bn"]) { BatchNorm("bn") },
    Case("of vectors", [7, 6], batchStatistics: ["bn"]) {
      Dense("dense_1", 5)
      BatchNorm("bn")
      ReLU("relu")
      Dense("dense_2", 3)
    },
    Case("after a convolution", odd, batchStatistics: ["bn"]) {
      Conv2D("conv", 3, 5)
      BatchNorm("bn")
    },
    Case("between convolutions, ReLU", odd, batchStatistics: ["bn"]) {
      Conv2D("conv_1", 3, 5, bias: false)
      BatchNorm("bn")
      ReLU("relu")
      Conv2D("conv_2", 3, 3)
    },
    Case("ReLU6", odd, batchStatistics: ["bn"]) {
      BatchNorm("bn")
      ReLU("relu", limit: .six)
    },
    Case("swish", odd, batchStatistics: ["bn"]) {
      Conv2D("conv", 3, 4)
      BatchNorm("bn")
      ActivationLayer("swish", .swish)
      Conv2D("conv_2", 1, 3)
    },
    Case("hard activations", odd, batchStatistics: ["bn_1", "bn_2"]) {
      Conv2D("conv", 3, 4)
      BatchNorm("bn_1")
      ActivationLayer("swish", .hardSwish)
      Conv2D("conv_2", 1, 3)
      BatchNorm("bn_2")
      ActivationLayer("sigmoid", .hardSigmoid)
    },
    Case("a factor after it", odd, batchStatistics: ["bn"]) {
      Conv2D("conv", 3, 4)
      BatchNorm("bn")
      Rescaling("rescaling", factors: [0.3], offsets: [0])
    },
    Case("separable", odd, batchStatistics: ["bn"]) {
      SeparableConv2D("separable", 3, 6)
      BatchNorm("bn")
    },
    Case("sigmoid", odd, batchStatistics: ["bn"]) {
      BatchNorm("bn")
      ActivationLayer("sigmoid", .sigmoid)
    },
    Case(
      "its own output an endpoint, ReLU after", odd, endpoints: ["bn", "relu"],
      batchStatistics: ["bn"]
    ) {
      BatchNorm("bn")
      ReLU("relu")
    },
    Case("one of two", odd, batchStatistics: ["bn_1"]) {
      Conv2D("conv_1", 3, 4)
      BatchNorm("bn_1")
      ReLU("relu_1")
      Conv2D("conv_2", 3, 4)
      BatchNorm("bn_2")
    },
    Case("residual", odd, batchStatistics: ["bn_0", "bn_1"]) {
      Residual("add") {
        DepthwiseConv2D("conv_1", 3)
        BatchNorm("bn_1")
      } shortcut: {
        Conv2D("conv_0", 1, 4)
        BatchNorm("bn_0")
      }
      ReLU("relu")
    },
  ]

  @Test("A convolution's gradients are slopes", arguments: convolutions)
  func convolution(_ test: Case) throws { try check(test) }

  @Test("Every other operation's gradients are slopes", arguments: others)
  func other(_ test: Case) throws { try check(test) }

  @Test("A norm with the statistics of the batch has slopes for gradients", arguments: batchNorms)
  func batchNorm(_ test: Case) throws { try check(test) }

  private func check(_ test: Case) throws {
    let stages = [Stage("case") { test.layers }]
    let numbers = try DifferentiableCase(
      stages, shape: test.shape, endpoints: test.endpoints, batchStatistics: test.batchStatistics,
      seed: 11)
    let result = try numbers.run()
    for (output, expected) in zip(result.outputs, try numbers.referenceOutputs()) {
      #expect(relativeDifference(output.floats, expected) <= 2e-6)
    }
    #expect(Set(result.gradients.keys) == Set(try numbers.trainableNames()))
    try expectSlopes(numbers, result.gradients, input: result.input)
  }
}

/// A function of numbers up to 8: x, summed eight times.
private struct EightTimes: Layer {
  let activation: Activation

  init(_ activation: Activation) { self.activation = activation }

  func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let sum = try graph.append(.add, layer: "sum", inputs: Array(repeating: input, count: 8))
    return try graph.append(.activation(activation), layer: "activation", inputs: [sum])
  }
}
