public import Datasets
internal import Importing
public import Layers

/// What a run would do: known before anything is computed or written.
public struct ClassifierPlan: Sendable {
  public let settings: ClassifierSettings
  public let data: ImageFolder
  /// The network's layers.
  public let outline: NetworkOutline
  /// What changes and what does not.
  public let freezing: Freezing
  /// The network at one picture.
  public let graph: Graph

  let extractor: any FeatureExtractor
  let epochs: Epochs

  /// Plans a run.
  ///
  /// - Parameters:
  ///   - settings: The run's settings.
  ///   - data: The pictures.
  ///   - extractor: The network that `settings` names, with as many classes as `data` has.
  /// - Throws: ``TrainingError`` if a setting makes no sense or the selection of frozen layers does
  ///   not fit; `GraphError` if pictures of that size do not fit the network.
  public init(
    _ settings: ClassifierSettings, data: ImageFolder, extractor: any FeatureExtractor
  ) throws {
    try settings.check()
    (self.settings, self.data, self.extractor) = (settings, data, extractor)
    let shape = [1, settings.side, settings.side, 3]
    graph = try Graph(extractor.stages, input: shape)
    guard graph[graph.output].shape == [1, data.classes.count] else {
      throw TrainingError.setting(
        name: "backbone", expected: "a classifier of \(data.classes.count) classes",
        found: "an output of shape \(graph[graph.output].shape)")
    }
    epochs = Epochs(
      exampleCount: data.training.count, batch: settings.batch, count: settings.epochs)
    guard settings.warmUp <= epochs.stepCount else {
      throw TrainingError.setting(
        name: "warm-up", expected: "at most the run's \(epochs.stepCount) steps",
        found: "\(settings.warmUp)")
    }
    outline = try NetworkOutline(extractor.stages, input: shape)
    freezing = try Freezing(
      try LayerSelection(settings.freeze), of: outline, batchNorm: settings.batchNorm)
  }

  /// How many steps the run has.
  public var stepCount: Int { epochs.stepCount }

  /// What the trained network will be.
  var description: ClassifierDescription {
    ClassifierDescription(
      backbone: settings.backbone, configuration: settings.configuration, classes: data.classes,
      preprocessing: extractor.preprocessing.resized(to: settings.side))
  }

  /// The layers in the order that Keras lists them.
  var kerasLayers: [String] { KerasLayerOrder(graph).layers }
}
