public import Detection
public import Importing
public import Layers
public import Tensors

/// The values that a detector starts with, and where each comes from.
public struct DetectorStart: Sendable {
  /// What became of a stage.
  public struct Module: Hashable, Sendable {
    public let stage: String
    /// How many numbers are from the checkpoint.
    public var restored = 0
    /// How many are random.
    public var fresh = 0
    /// Why these are, or which classes' rows are restored; empty if there is nothing to say.
    public var reason = ""
  }

  /// Every parameter, float32, in the order of the layers.
  public let parameters: Parameters
  /// What became of the file's tensors; nil without a file.
  public let report: ImportReport?
  /// A line for each stage that has parameters, in order.
  public let modules: [Module]
  /// The layers that start from random numbers.
  public let freshLayers: Set<String>
  /// Which classes are carried over; nil if the weights are not a detector's.
  public let transfer: ClassTransfer?

  /// Starts from a backbone's weights, or from random numbers altogether.
  ///
  /// - Parameters:
  ///   - file: The weights; nil for random numbers. What a detector's file has besides its backbone is
  ///     left out.
  ///   - architecture: The detector.
  ///   - allowance: What of the backbone may be missing, and what of the file may go unused.
  ///   - candidates: Networks that a file which does not fit may have been made for.
  ///   - seed: Chooses the random numbers.
  /// - Throws: `ImportError` if the file does not fit, `HDF5Error` if it cannot be read.
  public init(
    backbone file: (any WeightFile)?, of architecture: FasterRCNN,
    allowing allowance: ImportAllowance = .none, candidates: [ImportCandidate] = [], seed: UInt64
  ) throws {
    let outline = try architecture.outline()
    let needed = outline.parameters.filter { !FasterRCNN.newLayers.contains($0.layer) }
    let imported = try file.map { file in
      var allowance = allowance
      allowance.unused += FasterRCNN.newLayers.map { "\($0)/*" }.filter { pattern in
        file.tensors.contains { $0.name.hasPrefix(pattern.dropLast()) }
      }
      let extractor = architecture.extractor
      return try file.parameters(
        for: ImportTarget(
          Graph(extractor.stages, input: extractor.imageShape), needed: needed),
        allowing: allowance, candidates: candidates)
    }
    self = try DetectorStart(
      restored: imported?.parameters ?? Parameters(), report: imported?.report, transfer: nil,
      of: architecture, outline, seed: seed
    ) { layer in
      FasterRCNN.newLayers.contains(layer)
        ? "a backbone has no such layers"
        : file == nil ? "no weights were given" : "they are allowed to be missing"
    }
  }

  /// Starts from a detector's weights.
  ///
  /// - Parameters:
  ///   - checkpoint: The detector's.
  ///   - type: Whether its classes must be the same.
  ///   - architecture: The detector to start.
  ///   - backbone: The name and the configuration of the backbone that `architecture` has.
  ///   - remap: New names of old classes, `old=new`.
  ///   - seed: Chooses the random numbers.
  /// - Throws: ``TrainingError/run(path:reason:)`` if the checkpoint is of another backbone or, where
  ///   they must be the same, of other classes; `ImportError` if another setting makes shapes
  ///   differ.
  public init(
    detector checkpoint: DetectorCheckpoint, type: CheckpointType, of architecture: FasterRCNN,
    backbone: (name: String, configuration: BackboneConfiguration), remap: [String], seed: UInt64
  ) throws {
    let description = checkpoint.description
    guard description.backbone == backbone.name,
      description.configuration == backbone.configuration
    else {
      throw TrainingError.run(
        path: checkpoint.path,
        reason: "is a detector on "
          + "\(Self.text(description.backbone, description.configuration)), expected "
          + "\(Self.text(backbone.name, backbone.configuration)); choose that --backbone, or weights "
          + "of this one")
    }
    let transfer = try ClassTransfer(
      from: description.classes, to: architecture.classes, remap: remap)
    guard type != .full || (transfer.fresh.isEmpty && transfer.dropped.isEmpty) else {
      throw TrainingError.run(
        path: checkpoint.path,
        reason: "has the classes \(description.classes.joined(separator: ", ")), expected "
          + "\(architecture.classes.joined(separator: ", ")); with --checkpoint-type detection those "
          + "of the same name are carried over")
    }
    let old = try FasterRCNN(
      architecture.extractor, classes: description.classes, settings: architecture.settings)
    let stored = try checkpoint.parameters(try old.outline().parameters)
    var restored = Parameters()
    var predictors = Parameters()
    for (name, tensor) in stored {
      let isPredictor = FasterRCNN.predictors.contains { name.hasPrefix("\($0)/") }
      if isPredictor { predictors[name] = tensor } else { restored[name] = tensor }
    }
    self = try DetectorStart(
      restored: restored, report: nil, transfer: transfer, predictors: predictors,
      of: architecture, try architecture.outline(), seed: seed
    ) { _ in transfer.text }
  }

  private static func text(
    _ backbone: String, _ configuration: BackboneConfiguration
  ) -> String {
    let choices = [
      configuration.alpha.map { "--alpha \($0)" },
      configuration.featureStride.map { "--feature-stride \($0)" },
      configuration.variant == .keras ? nil : "weights of \(configuration.variant.rawValue)",
    ].compactMap(\.self)
    return ([backbone] + choices).joined(separator: " with ")
  }

  private init(
    restored: Parameters, report: ImportReport?, transfer: ClassTransfer?,
    predictors: Parameters = Parameters(), of architecture: FasterRCNN, _ outline: NetworkOutline,
    seed: UInt64, reason: (_ layer: String) -> String
  ) throws {
    let initializer = Initializer(seed: seed)
    var parameters = Parameters()
    for graph in try architecture.graphs() {
      let values = initializer.parameters(
        of: graph, keeping: restored, deviations: FasterRCNN.initialDeviations)
      for (name, tensor) in values { parameters[name] = tensor }
    }
    transfer?.carryOver(predictors, into: &parameters)

    var modules: [Module] = []
    var freshLayers: Set<String> = []
    for layer in outline.layers where !layer.parameters.isEmpty {
      if modules.last?.stage != layer.stage { modules.append(Module(stage: layer.stage)) }
      let last = modules.count - 1
      for parameter in layer.parameters {
        if restored[parameter.name] != nil {
          modules[last].restored += parameter.count
          continue
        }
        let classCount = architecture.classes.count
        let carried = transfer?.carriedCount(of: parameter, classes: classCount) ?? 0
        modules[last].restored += carried
        modules[last].fresh += parameter.count - carried
        modules[last].reason = reason(layer.name)
        if carried == 0 { freshLayers.insert(layer.name) }
      }
    }
    (self.parameters, self.report, self.modules) = (parameters, report, modules)
    (self.freshLayers, self.transfer) = (freshLayers, transfer)
  }

  /// Refuses to freeze a layer that was not restored.
  ///
  /// - Throws: ``TrainingError/frozenUntrained(layer:)``.
  public func check(_ freezing: Freezing) throws(TrainingError) {
    if let layer = freshLayers.intersection(freezing.frozenLayers).min() {
      throw .frozenUntrained(layer: layer)
    }
  }
}

extension ClassTransfer {
  /// What is carried over and what is not, in words.
  public var text: String {
    var parts: [String] = []
    if !carried.isEmpty {
      parts.append("carried over: \(carried.map(\.name).joined(separator: ", "))")
    }
    if !fresh.isEmpty { parts.append("new: \(fresh.joined(separator: ", "))") }
    if !dropped.isEmpty { parts.append("no longer there: \(dropped.joined(separator: ", "))") }
    return parts.joined(separator: "; ")
  }

  /// How many numbers of a predictor's parameter are carried over.
  fileprivate func carriedCount(of parameter: ParameterSpecification, classes: Int) -> Int {
    guard !carried.isEmpty else { return 0 }
    let isClass = parameter.layer == FasterRCNN.predictors[0]
    let columns = isClass ? carried.count + 1 : 4 * carried.count
    return parameter.count / (isClass ? classes + 1 : 4 * classes) * columns
  }
}

extension FasterRCNN {
  /// The layers of both networks.
  public func outline() throws(GraphError) -> NetworkOutline {
    let image = try NetworkOutline(imageStages, input: extractor.imageShape)
    return image + (try NetworkOutline(regionStages, input: regionShape(count: 1)))
  }

  /// Both networks at one image and one region.
  func graphs() throws(GraphError) -> [Graph] {
    let image = try Graph(imageStages, input: extractor.imageShape)
    return [image, try Graph(regionStages, input: regionShape(count: 1))]
  }

  /// The deviations of kernels that start small, so that at first nothing is an object and no box
  /// changes: those of py-faster-rcnn.
  static var initialDeviations: [String: Double] {
    [
      "rpn_conv": 0.01, "rpn_objectness": 0.01, "rpn_box": 0.01, "class_logits": 0.01,
      "box_deltas": 0.001,
    ]
  }
}
