public import ArgumentParser
import Importing
public import KerasConverter
import Layers
import Tensors

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Import a checkpoint by layer name and write it as a Keras .h5 file.",
    discussion: """
      Every tensor must find its place and every parameter its tensor, or nothing is written; what \
      may differ is named by a pattern of layer/variable in which * stands for anything. A file \
      without the classifier is written without it; one with other classes keeps them.

      Example:
        zoo convert old.h5 --backbone resnet50_v1 --output resnet50.h5 --report report.json
      """)

  @Argument(help: "A Keras checkpoint (.h5).")
  var file: String

  @OptionGroup var backbone: BackboneOptions

  @Option(help: "The file to write.")
  var output: String

  @Option(help: "The type of the numbers written: float32 or float16.")
  var type: KerasWriter.Precision = .float32

  @Option(parsing: .upToNextOption, help: "Parameters that the file may lack.")
  var allowMissing: [String] = []

  @Option(parsing: .upToNextOption, help: "Tensors of the file that may be left out.")
  var allowUnused: [String] = []

  @Option(help: ArgumentHelp("Also write the import report as JSON.", valueName: "FILE.json"))
  var report: String?

  @Flag(help: "Print the import report as JSON.")
  var json = false

  func run() throws {
    let file = try openWeights(file)
    let extractor = try backbone.extractor(for: file)
    let (parameters, outcome) = try file.parameters(
      needed: try extractor.parameters(presentIn: file), known: try extractor.parameters(),
      allowing: ImportAllowance(missing: allowMissing, unused: allowUnused))
    try KerasWriter(precision: type).write(
      parameters, layers: try extractor.kerasLayers(holding: parameters), to: output)
    let summary = ReportSummary(outcome)
    if let report { try writeJSON(summary, to: report) }
    if json { try printJSON(summary) } else { print(outcome.text) }
  }
}

extension FeatureExtractor {
  /// The parameters that a conversion carries over: all, or those of the body if the file holds
  /// nothing of the top.
  fileprivate func parameters(presentIn file: any WeightFile) throws -> [ParameterSpecification] {
    let (all, top) = (try parameters(), Set(try topParameters()))
    let topLayers = Set(top.map(\.layer))
    let hasTop = file.tensors.contains { topLayers.contains($0.layer) }
    return hasTop ? all : all.filter { !top.contains($0) }
  }

  /// The layers in Keras's order, without those whose parameters are left out.
  fileprivate func kerasLayers(holding parameters: Parameters) throws -> [String] {
    let graph = try Graph(stages, input: imageShape)
    let absent = Set(graph.parameters.filter { parameters[$0.name] == nil }.map(\.layer))
    return KerasLayerOrder(graph).layers.filter { !absent.contains($0) }
  }
}

extension KerasWriter.Precision: ExpressibleByArgument {}
