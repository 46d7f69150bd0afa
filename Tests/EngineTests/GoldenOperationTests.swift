import Engine
import Foundation
import HDF5
import Layers
import Tensors
import Testing

/// Layers by themselves and in small groups against Keras; see `Fixtures/make_goldens.py`.
@Suite struct GoldenOperationTests {
  @Test(
    "Every case of the file is as Keras computes it",
    arguments: ["convolutions.h5", "operations.h5", "channels.h5"])
  func cases(name: String) throws {
    let file = try HDF5File(reading: fixture(name))
    var numbers = (
      inputs: try file.read("/inputs").floats[...],
      parameters: try file.read("/parameters").floats[...],
      outputs: try file.read("/outputs").floats[...]
    )
    let cases = try file.strings("cases", of: "/").map {
      try JSONDecoder().decode(KerasCase.self, from: Data($0.utf8))
    }
    #expect(cases.count > 10)
    for test in cases {
      let input = Tensor(shape: test.input, values: take(&numbers.inputs, test.input))
      let stages = [Stage("case") { test.layers.map(\.layer) }]
      let graph = try Graph(stages, input: test.input)
      var parameters = Parameters()
      for specification in graph.parameters {
        parameters[specification.name] = Tensor(
          shape: specification.shape, values: take(&numbers.parameters, specification.shape))
      }
      let expected = take(&numbers.outputs, test.output)
      let output = try Network(stages, parameters: parameters, precision: .float32)(input)[0]
      #expect(output.shape == test.output, "\(test.name)")
      let difference = relativeDifference(output.floats, expected.map(Double.init))
      #expect(difference <= 2e-6, "\(test.name)")
    }
    #expect(numbers.inputs.isEmpty && numbers.parameters.isEmpty && numbers.outputs.isEmpty)
  }

  private func take(_ numbers: inout ArraySlice<Float>, _ shape: [Int]) -> [Float] {
    let count = shape.reduce(1, *)
    defer { numbers = numbers.dropFirst(count) }
    return Array(numbers.prefix(count))
  }
}

/// A case of the golden files.
private struct KerasCase: Decodable {
  let name: String
  let input: [Int]
  let output: [Int]
  let layers: [KerasLayerDescription]
}

/// A layer as the golden files describe it: Keras's class and configuration, defaults left out.
private struct KerasLayerDescription: Decodable {
  let `class`: String
  let name: String
  var filters: Int?
  var kernel_size: [Int]?
  var strides: [Int]?
  var padding: KerasPadding?
  var dilation_rate: [Int]?
  var groups: Int?
  var use_bias: Bool?
  var activation: String?
  var depth_multiplier: Int?
  var units: Int?
  var epsilon: Float?
  var scale: Bool?
  var center: Bool?
  var pool_size: [Int]?
  var keepdims: Bool?
  var max_value: Float?
  var rate: Float?
  var factor: Float?
  var factors: [Float]?
  var offsets: [Float]?
  var radius: Int?
  var bias: Float?
  var alpha: Float?
  var beta: Float?
  var shortcut: [KerasLayerDescription]?
  var body: [KerasLayerDescription]?
  var branches: [[KerasLayerDescription]]?

  /// A word for convolutions and poolings, numbers for zero padding.
  enum KerasPadding: Decodable {
    case word(String)
    case margins([[Int]])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let word = try? container.decode(String.self) {
        self = .word(word)
      } else {
        self = .margins(try container.decode([[Int]].self))
      }
    }
  }

  private func padding(default word: Padding) -> Padding {
    guard case .word(let name) = padding else { return word }
    return name == "same" ? .same : .valid
  }

  private func size(_ extents: [Int]?) -> Extent {
    extents.map { Extent($0[0], $0[1]) } ?? 2
  }

  /// The layer of ours that says the same.
  var layer: any Layer {
    let fused = activation.flatMap(Activation.init(keras:))
    switch `class` {
    case "Conv2D":
      return Conv2D(
        name, kernel_size.map { Extent($0[0], $0[1]) } ?? 3, filters ?? 4,
        stride: strides?[0] ?? 1, padding: padding(default: .same),
        dilation: dilation_rate?[0] ?? 1, groups: groups ?? 1, bias: use_bias ?? true,
        activation: fused)
    case "DepthwiseConv2D":
      return DepthwiseConv2D(
        name, kernel_size.map { Extent($0[0], $0[1]) } ?? 3, multiplier: depth_multiplier ?? 1,
        stride: strides?[0] ?? 1, padding: padding(default: .same),
        dilation: dilation_rate?[0] ?? 1, bias: use_bias ?? true)
    case "SeparableConv2D":
      return SeparableConv2D(
        name, kernel_size.map { Extent($0[0], $0[1]) } ?? 3, filters ?? 4,
        stride: strides?[0] ?? 1, padding: padding(default: .same),
        dilation: dilation_rate?[0] ?? 1, bias: use_bias ?? true)
    case "Normalization": return Normalization(name)
    case "Rescaling": return Rescaling(name, factors: factors ?? [], offsets: offsets ?? [])
    case "LocalResponseNorm":
      return LocalResponseNorm(
        name, radius: radius ?? 0, bias: bias ?? 1, alpha: alpha ?? 1, beta: beta ?? 0.5)
    case "OneCell": return OneCell(name)
    case "Multiply": return Gate(name) { (body ?? []).map(\.layer) }
    case "Dense": return Dense(name, units ?? 5, bias: use_bias ?? true, activation: fused)
    case "BatchNormalization":
      return BatchNorm(
        name, epsilon: epsilon ?? 1e-3, scale: scale ?? true, center: center ?? true)
    case "MaxPooling2D":
      return MaxPool(
        name, size(pool_size), stride: strides?[0] ?? 2, padding: padding(default: .valid))
    case "AveragePooling2D":
      return AveragePool(
        name, size(pool_size), stride: strides?[0] ?? 2, padding: padding(default: .valid))
    case "GlobalAveragePooling2D": return GlobalAveragePool(name, keepsRank: keepdims ?? false)
    case "GlobalMaxPooling2D": return GlobalMaxPool(name)
    case "ZeroPadding2D":
      guard case .margins(let margins) = padding else { return ZeroPad(name, before: 1, after: 1) }
      return ZeroPad(name, before: margins[0][0], after: margins[0][1])
    case "ReLU": return ReLU(name, limit: max_value == nil ? .none : .six)
    case "Activation": return ActivationLayer(name, fused ?? .relu)
    case "Flatten": return Flatten(name)
    case "Dropout": return Dropout(name, rate: rate ?? 0.5)
    case "Add":
      return Residual(name, scale: factor ?? 1) {
        (body ?? []).map(\.layer)
      } shortcut: {
        (shortcut ?? []).map(\.layer)
      }
    case "Concatenate":
      return Concatenate(name, branches: (branches ?? []).map { $0.map(\.layer) })
    default: preconditionFailure("the golden file has a layer of class \(`class`)")
    }
  }
}

extension Activation {
  /// Of Keras's name.
  fileprivate init?(keras name: String) {
    switch name {
    case "hard_sigmoid": self = .hardSigmoid
    case "hard_silu": self = .hardSwish
    default: self.init(rawValue: name)
    }
  }
}
