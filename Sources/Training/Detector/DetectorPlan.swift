public import Datasets
public import Detection
internal import Importing
public import Layers

/// What a detector's run would do: known before anything is computed or written.
public struct DetectorPlan: Sendable {
  /// A phase with what changes in it.
  public struct Phase: Sendable {
    public let phase: DetectorPhase
    /// The run's step that it begins with, from 0.
    public let firstStep: Int
    public let stepCount: Int
    /// The names of the parameters that change.
    public let trainable: Set<String>
    /// The normalisations that use the statistics of the batch.
    public let batchStatistics: Set<String>
  }

  public let settings: DetectorSettings
  public let architecture: FasterRCNN
  /// The images to train on.
  public let training: DetectionDataset
  /// The images to measure with; nil to measure nothing.
  public let validation: DetectionDataset?
  /// Both networks' layers.
  public let outline: NetworkOutline
  /// What changes and what does not, in the whole run.
  public let freezing: Freezing
  public let phases: [Phase]

  /// Plans a run.
  ///
  /// - Parameters:
  ///   - settings: The run's settings.
  ///   - training: The images to train on.
  ///   - validation: The images to measure with, of the same classes; nil to measure nothing.
  ///   - extractor: The backbone that `settings` names.
  /// - Throws: ``TrainingError`` if a setting makes no sense, there is nothing to train on, the
  ///   selection of frozen layers does not fit, or a phase would train nothing; `GraphError` if the layers do not fit one another.
  public init(
    _ settings: DetectorSettings, training: DetectionDataset, validation: DetectionDataset?,
    extractor: any FeatureExtractor
  ) throws {
    try settings.check()
    try Self.check(training, validation)
    (self.settings, self.training, self.validation) = (settings, training, validation)
    architecture = try FasterRCNN(
      extractor, classes: training.classes, settings: settings.detector)
    outline = try architecture.outline()
    freezing = try Freezing(
      try LayerSelection(settings.freeze), of: outline, batchNorm: settings.batchNorm)

    let parts = try Parts(architecture)
    var phases: [Phase] = []
    for phase in settings.phases {
      let changing = parts.trained(in: phase)
      let trainable = freezing.trainable.intersection(changing)
      guard !trainable.isEmpty else {
        throw TrainingError.selection(
          text: settings.freeze.joined(separator: " "),
          reason: "leaves nothing to train in the phase '\(phase.name)'; leave some out")
      }
      let epochs = Epochs(
        exampleCount: training.images.count, batch: settings.batch, count: phase.epochs)
      let firstStep = phases.last.map { $0.firstStep + $0.stepCount } ?? 0
      phases.append(
        Phase(
          phase: phase, firstStep: firstStep, stepCount: epochs.stepCount, trainable: trainable,
          batchStatistics: freezing.batchStatistics.filter {
            changing.contains("\($0)/moving_mean")
          }))
    }
    self.phases = phases
  }

  private static func check(
    _ training: DetectionDataset, _ validation: DetectionDataset?
  ) throws(TrainingError) {
    guard !training.classes.isEmpty else {
      throw .setting(name: "classes", expected: "at least one class", found: "none")
    }
    guard !training.images.isEmpty else {
      throw .setting(name: "split", expected: "images to train on", found: "none")
    }
    guard let validation, validation.classes != training.classes else { return }
    throw .setting(
      name: "val-split", expected: "the classes \(training.classes.joined(separator: ", "))",
      found: validation.classes.joined(separator: ", "))
  }

  /// How many steps the run has.
  public var stepCount: Int { phases.reduce(0) { $0 + $1.stepCount } }

  /// The phase that a step belongs to.
  func phaseIndex(ofStep step: Int) -> Int {
    phases.lastIndex { $0.firstStep <= step } ?? 0
  }

  /// How a phase's images are cut into steps.
  func epochs(of phase: Phase) -> Epochs {
    Epochs(
      exampleCount: training.images.count, batch: settings.batch, count: phase.phase.epochs)
  }

  /// What the trained network will be.
  var description: DetectorDescription {
    DetectorDescription(
      backbone: settings.backbone, configuration: settings.configuration,
      classes: training.classes,
      preprocessing: architecture.extractor.preprocessing, settings: settings.detector)
  }

  /// The layers in the order that Keras lists them, those of an image and then those of a region.
  var kerasLayers: [String] {
    get throws {
      let layers = try architecture.graphs().map { KerasLayerOrder($0).layers }
      // Both networks have an input, which the file lists once.
      return layers[0] + layers[1].filter { !layers[0].contains($0) }
    }
  }

  /// The parameters by the part of the detector that they belong to.
  private struct Parts {
    let backbone: Set<String>
    let proposals: Set<String>
    let regions: Set<String>

    init(_ architecture: FasterRCNN) throws {
      func names(_ specifications: [ParameterSpecification]) -> Set<String> {
        Set(specifications.map(\.name))
      }
      let graphs = try architecture.graphs()
      let shared = try Graph(
        architecture.extractor.imageStages, input: architecture.extractor.imageShape)
      backbone = names(shared.parameters)
      proposals = names(graphs[0].parameters).subtracting(backbone)
      regions = names(graphs[1].parameters)
    }

    func trained(in phase: DetectorPhase) -> Set<String> {
      var trained =
        switch phase.objective {
        case .joint: backbone.union(proposals).union(regions)
        case .proposals: backbone.union(proposals)
        case .regions: backbone.union(regions)
        }
      if phase.freezesBackbone { trained.subtract(backbone) }
      if phase.freezesProposals { trained.subtract(proposals) }
      return trained
    }
  }
}
