internal import Importing
internal import Layers

/// What a file's variables are under our names, and which of them are no parameters.
///
/// The variables of a network of TensorFlow-Slim are found by the network's scope, wherever it is:
/// `InceptionV3/…`, `FirstStageFeatureExtractor/InceptionV3/…`. What lies outside that scope is not of
/// the backbone. Other names are taken for Keras's, `layer/variable`.
struct VariableNaming {
  private(set) var tensors: [StoredTensor] = []
  private(set) var ignored: [IgnoredTensor] = []
  /// Slim's name of the network, if it is one of slim's.
  let networkScope: String?
  /// Whether the network is part of a detector of the TensorFlow Object Detection API.
  private(set) var isDetector = false
  private(set) var variant = Variant.keras

  init(_ variables: [TensorFlowVariable]) {
    let names = Set(variables.map(\.name))
    var parameters: [Parameter] = []
    for variable in variables {
      if names.contains(variable.name + movingAverage) {
        ignored.append(IgnoredTensor(path: variable.path, reason: .averaged))
        continue
      }
      let parameter = Parameter(variable.asParameter(among: names))
      if let reason = parameter.reasonToIgnore(among: names) {
        ignored.append(IgnoredTensor(path: variable.path, reason: reason))
      } else {
        parameters.append(parameter)
      }
    }
    let scopes = parameters.lazy.compactMap { $0.parts.first { SlimNetwork.isKnown(String($0)) } }
    guard let scope = scopes.first, let network = SlimNetwork(scope: String(scope)) else {
      networkScope = nil
      tensors = parameters.map(\.underKerasName)
      return
    }
    networkScope = network.scope
    appendTensors(of: network, from: parameters)
    // TensorFlow's detectors have Inception v2 with all of batch normalisation.
    let hasScale = tensors.contains { $0.variable == "gamma" }
    variant = network.scope == "InceptionV2" && hasScale ? .keras : network.variant
  }

  /// What is left out, counted by reason; empty if nothing is.
  var remark: String {
    IgnoredTensor.Reason.allCases.compactMap { reason in
      let count = ignored.count { $0.reason == reason }
      return count == 0 ? nil : "\(count) \(reason.rawValue)"
    }.joined(separator: ", ")
  }

  private mutating func appendTensors(of network: SlimNetwork, from parameters: [Parameter]) {
    // Convolutions of two kernels, of which Keras calls neither just kernel.
    let separable = Set(
      parameters.filter { $0.parts.last == "pointwise_weights" }.map { $0.parts.dropLast() })
    let secondStage = "SecondStageFeatureExtractor"
    func isSecond(_ parameter: Parameter) -> Bool { parameter.parts.contains(secondStage[...]) }
    let second = Set(parameters.filter(isSecond).map { $0.within(network.scope) })
    for parameter in parameters {
      let path = parameter.variable.path
      guard let inner = parameter.within(network.scope) else {
        ignored.append(IgnoredTensor(path: path, reason: .outsideBackbone))
        continue
      }
      if isSecond(parameter) || parameter.parts.contains("FirstStageFeatureExtractor") {
        isDetector = true
      }
      if inner.contains("AuxLogits") {
        ignored.append(IgnoredTensor(path: path, reason: .auxiliaryClassifier))
      } else if inner == ["mean_rgb"] {
        ignored.append(IgnoredTensor(path: path, reason: .preprocessing))
      } else if !isSecond(parameter), second.contains(inner) {
        // The first stage builds the whole network and runs it up to the regions' map only.
        ignored.append(IgnoredTensor(path: path, reason: .duplicate))
      } else {
        let isSeparable = separable.contains(parameter.parts.dropLast())
        tensors.append(
          parameter.tensor(in: network, within: inner, isSeparable: isSeparable))
      }
    }
  }
}

/// What TensorFlow adds to the name of a variable for its mean over the last steps.
private let movingAverage = "/ExponentialMovingAverage"

extension TensorFlowVariable {
  /// A moving average in the place of what it is of; any other variable as it is.
  ///
  /// Networks that were trained with averages are run with them: slim's accuracies of MobileNet v2 are
  /// of those. Statistics of batches have none.
  fileprivate func asParameter(among names: Set<String>) -> TensorFlowVariable {
    guard name.hasSuffix(movingAverage),
      case let base = String(name.dropLast(movingAverage.count)), names.contains(base)
    else { return self }
    return TensorFlowVariable(path: path, name: base, shape: shape, type: type)
  }
}

/// A variable with its name taken apart.
private struct Parameter {
  let variable: TensorFlowVariable
  let parts: ArraySlice<Substring>

  init(_ variable: TensorFlowVariable) {
    self.variable = variable
    parts = variable.name.split(separator: "/")[...]
  }

  /// Why this is not a network's parameter, if it is none.
  func reasonToIgnore(among names: Set<String>) -> IgnoredTensor.Reason? {
    if parts.count > 1, names.contains(parts.dropLast().joined(separator: "/")) {
      return .optimizerState
    }
    let keys = variable.path.split(separator: "/")
    if keys.contains(".ATTRIBUTES") {
      if keys.contains(".OPTIMIZER_SLOT") || keys.contains("optimizer") { return .optimizerState }
      // Keras 3 exports all variables twice.
      if keys.first == "_all_variables", variable.name != variable.path { return .duplicate }
    }
    let isCount = variable.type.elementType == nil && variable.shape.count <= 1
    return isCount || variable.shape.isEmpty ? .bookkeeping : nil
  }

  /// The parts after the network's scope; nil if it is not in there.
  func within(_ scope: String) -> ArraySlice<Substring>? {
    parts.firstIndex { $0 == scope }.map { parts[($0 + 1)...] }
  }

  /// The tensor under the name it has already, `weights` and `biases` being Keras 1's words.
  var underKerasName: StoredTensor {
    let layer = parts.dropLast()
    let others = layer.indices.dropFirst().map { layer[$0...].joined(separator: "/") }
    let last = parts.last.map(String.init) ?? ""
    return tensor(
      layer: layer.joined(separator: "/"), variable: Self.variables[last] ?? last,
      otherLayers: others, rule: Self.variables[last] == nil ? nil : "TensorFlow calls it \(last)")
  }

  /// The tensor under the name that the layer has here; under slim's if there is no such layer.
  func tensor(
    in network: SlimNetwork, within path: ArraySlice<Substring>, isSeparable: Bool
  ) -> StoredTensor {
    let last = path.last.map(String.init) ?? ""
    let (scope, isNorm) =
      path.dropLast().last == "BatchNorm" ? (path.dropLast(2), true) : (path.dropLast(), false)
    let rule = "TensorFlow-Slim's \(network.scope)"
    if let layer = network.layer(scope) {
      if let norm = layer.norm, isNorm || layer.weighted == nil {
        return tensor(layer: norm, variable: last, rule: rule)
      }
      if let weighted = layer.weighted, !isNorm, var variable = Self.variables[last] {
        if last == "depthwise_weights" && isSeparable { variable = "depthwise_kernel" }
        let layout = layer.isMatrix && variable == "kernel" ? matrixLayout : .keras
        return tensor(layer: weighted, variable: variable, rule: rule, layout: layout)
      }
    }
    return tensor(layer: parts.dropLast().joined(separator: "/"), variable: last)
  }

  /// A kernel `[h, w, in, out]` as a matrix `[h · w · in, out]`.
  private var matrixLayout: TensorLayout {
    let shape = variable.shape
    guard shape.count == 4 else { return .keras }
    return TensorLayout([.reshape([shape[0] * shape[1] * shape[2], shape[3]])])
  }

  private func tensor(
    layer: String, variable name: String, otherLayers: [String] = [], rule: String? = nil,
    layout: TensorLayout = .keras
  ) -> StoredTensor {
    StoredTensor(
      path: variable.path, layer: layer, variable: name, otherLayers: otherLayers, rule: rule,
      storedShape: variable.shape, layout: layout, elementType: variable.type.elementType,
      typeName: variable.type.name)
  }

  private static let variables = [
    "weights": "kernel", "biases": "bias", "depthwise_weights": "kernel",
    "pointwise_weights": "pointwise_kernel",
  ]
}

extension SlimNetwork {
  /// Whether there is a table for that scope.
  static func isKnown(_ scope: String) -> Bool { scopes.contains(scope) }

  private static let scopes: Set = [
    "resnet_v1_50", "resnet_v1_101", "resnet_v1_152", "resnet_v2_50", "resnet_v2_101",
    "resnet_v2_152", "vgg_16", "vgg_19", "MobilenetV1", "MobilenetV2", "InceptionV1",
    "InceptionV2", "InceptionV3", "InceptionV4", "InceptionResnetV2",
  ]
}
