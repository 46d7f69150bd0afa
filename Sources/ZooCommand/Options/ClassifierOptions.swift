import ArgumentParser
import Importing
import Layers
import Tensors
import Training
import Zoo

/// Which classifier: a backbone with ImageNet's weights, or one that was trained here.
struct ClassifierOptions: ParsableArguments {
  @Option(help: "The network, by its name in 'zoo list'.")
  var backbone: String?

  @OptionGroup var configuration: ConfigurationOptions

  @Option(
    help: ArgumentHelp(
      "A file of weights with ImageNet's classes, of Keras, PyTorch or TensorFlow; imagenet for the "
        + "published ones.", valueName: "FILE|imagenet"))
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "In place of these: a run of 'zoo train-classifier', of which best.h5 is used, or its file.",
      valueName: "RUN"))
  var checkpoint: String?

  func validate() throws {
    if checkpoint != nil {
      guard backbone == nil, configuration.alpha == nil, configuration.featureStride == nil,
        weights == nil
      else {
        throw ValidationError(
          "--checkpoint says which network and weights; leave out --backbone, --alpha, "
            + "--feature-stride and --weights")
      }
      return
    }
    guard let backbone, weights != nil else {
      throw ValidationError("--backbone and --weights are needed, or --checkpoint")
    }
    try configuration.check(backbone)
  }

  /// A network with what it takes to use it.
  struct Classifier {
    let stages: [Stage]
    let parameters: Parameters
    let preprocessing: Preprocessing
    let classes: [String]
  }

  /// Reads the classifier and refuses everything that does not fit.
  func classifier() throws -> Classifier {
    if let checkpoint { return try trained(ClassifierCheckpoint(of: checkpoint)) }
    let name = backbone ?? ""
    let file = try openWeights(
      weights ?? "", of: backbone ?? "", alpha: configuration.alpha)
    let extractor = try Catalogue.extractor(
      named: name, configuration.configuration(of: name, variant: file.variant), classesOf: file)
    let names = try extractor.parameters()
    let classCount = names.last?.count ?? 0
    guard let classes = ImageNetClasses.names(ofCount: classCount) else {
      throw ValidationError(
        "\(file.path): has \(classCount) classes, whose names are not known, expected ImageNet's "
          + "1000; use 'zoo features' with the last layer")
    }
    return Classifier(
      stages: extractor.stages,
      parameters: try file.parameters(
        for: ImportTarget(Graph(extractor.stages, input: extractor.imageShape)),
        candidates: Catalogue.candidates
      ).parameters,
      preprocessing: extractor.preprocessing, classes: classes)
  }

  private func trained(_ checkpoint: ClassifierCheckpoint) throws -> Classifier {
    let description = checkpoint.description
    let extractor = try Catalogue.extractor(
      named: description.backbone, description.configuration, classes: description.classes.count)
    let side = description.preprocessing.imageSide
    let graph = try Graph(extractor.stages, input: [1, side, side, 3])
    return Classifier(
      stages: extractor.stages, parameters: try checkpoint.parameters(graph.parameters),
      preprocessing: description.preprocessing, classes: description.classes)
  }
}
