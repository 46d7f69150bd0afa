public import ArgumentParser
import Importing
import Layers
import Tensors
public import WeightFormats
import Zoo

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Import weights by layer name and write them in another form.",
    discussion: """
      Reads what Keras, PyTorch and TensorFlow write, and safetensors, whatever the file is named. \
      Every tensor must find its place and every parameter its tensor, or nothing is written; what \
      may differ is named by a pattern of layer/variable in which * stands for anything. A file without the \
      classifier is written without it; one with other classes keeps them. Whose implementation the \
      numbers are of is written with them.

      Examples:
        zoo convert old.h5 --backbone vgg16 --output vgg16.h5 --report report.json
        zoo convert resnet50-0676ba61.pth --backbone resnet50_v1 \\
          --output resnet50.safetensors
        zoo convert model.ckpt --backbone inception_v1 --output inception.weights.h5
      """)

  @Argument(
    help: "A file of weights of Keras, PyTorch or TensorFlow; imagenet for the published ones.")
  var file: String

  @OptionGroup var backbone: BackboneOptions

  @Option(help: "The file to write.")
  var output: String?

  @Flag(help: "Import and report, and write nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "The form to write; by default the output's name says it: .safetensors, .weights.h5 of Keras "
        + "3, or else Keras's .h5.", valueName: "keras-h5|keras-weights-h5|safetensors"))
  var format: OutputFormat?

  @Option(help: "The type of the numbers written: float32 or float16.")
  var type: StoredType = .float32

  @Option(parsing: .upToNextOption, help: "Parameters that the file may lack.")
  var allowMissing: [String] = []

  @Option(parsing: .upToNextOption, help: "Tensors of the file that may be left out.")
  var allowUnused: [String] = []

  @Option(help: ArgumentHelp("Also write the import report as JSON.", valueName: "FILE.json"))
  var report: String?

  @Flag(help: "Print the import report as JSON.")
  var json = false

  enum StoredType: String, CaseIterable, ExpressibleByArgument {
    case float32
    case float16
  }

  func validate() throws {
    guard dryRun || output != nil else {
      throw ValidationError("--output is needed, or --dry-run")
    }
  }

  func run() throws {
    let file = try openWeights(
      file, of: backbone.backbone, alpha: backbone.configuration.alpha)
    let extractor = try backbone.extractor(for: file)
    let whole = try Graph(extractor.stages, input: extractor.imageShape)
    let graph = try extractor.graph(presentIn: file, whole: whole)
    let (parameters, outcome) = try file.parameters(
      for: ImportTarget(whole, needed: graph.parameters),
      allowing: ImportAllowance(missing: allowMissing, unused: allowUnused),
      candidates: Catalogue.candidates)
    if let output, !dryRun {
      try (format ?? OutputFormat(forFileNamed: output)).write(
        parameters, of: graph, variant: file.variant, halves: type == .float16, to: output)
    }
    let summary = ReportSummary(outcome)
    if let report { try writeJSON(summary, to: report) }
    if json { try printJSON(summary) } else { print(outcome.text) }
  }
}

extension FeatureExtractor {
  /// What a conversion carries over: the whole network, or its body if the file holds too little for
  /// a classifier besides.
  fileprivate func graph(presentIn file: any WeightFile, whole: Graph) throws -> Graph {
    let top = Set(try topParameters().map(\.layer))
    let names = Set(file.tensors.map(\.layer))
    // Names that Keras made up say nothing: then it is the number of tensors that tells.
    let isWhole = names.isDisjoint(with: top) ? file.tensors.count >= whole.parameters.count : true
    if isWhole { return whole }
    return try Graph(stages, input: imageShape, endpoints: [bodyEndpoint()])
  }
}

extension OutputFormat: ExpressibleByArgument {}
