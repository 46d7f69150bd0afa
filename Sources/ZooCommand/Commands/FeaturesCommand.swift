import ArgumentParser
import Datasets
import Engine
import HDF5
import Importing
import Layers
import Tensors
import Zoo

struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Write the maps of named layers for a picture or an array.",
    discussion: """
      A picture is preprocessed as the backbone wants it and keeps its size. An array (.npy, \
      N×H×W×3, float32) is used as it is. The output is an HDF5 file with one float32 data set for \
      each endpoint, named like it.

      Example:
        zoo features street.jpg --backbone resnet50_v1 --weights imagenet \\
          --endpoints conv3_block4_out,conv4_block6_out --output street.features.h5
      """)

  @Argument(help: "A JPEG or PNG file, or a NumPy array.")
  var input: String

  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var weights: WeightOptions

  @Option(
    help: "Layers, separated by commas; without it, the last layer of each of the image stages.")
  var endpoints: String?

  @Option(help: "The HDF5 file to write.")
  var output: String

  @OptionGroup var compute: ComputeOptions

  func run() throws {
    compute.limitThreads()
    let file = try weights.file(of: backbone)
    let extractor = try backbone.extractor(for: file)
    let names =
      try endpoints.map { $0.split(separator: ",").map(String.init) }
      ?? extractor.featureMaps().map(\.endpoint)
    let tensor = try readInput(extractor.preprocessing)
    let graph = try Graph(extractor.stages, input: tensor.shape, endpoints: names)
    let target = ImportTarget(
      try Graph(extractor.stages, input: extractor.imageShape),
      needed: graph.parameters(neededFor: names))
    let parameters = try file.parameters(for: target, candidates: Catalogue.candidates).parameters
    let network = try Network(
      extractor.stages, parameters: parameters, precision: compute.precision ?? .float32)
    let maps = try network(tensor, endpoints: names)
    try HDF5File.write(to: output) { file in
      for (name, map) in zip(names, maps) { try file.write(map, at: "/\(name)") }
    }
    var table = Table(header: ["endpoint", "shape"])
    for (name, map) in zip(names, maps) { table.append([name, "\(map.shape)"]) }
    print(table.text)
  }

  private func readInput(_ preprocessing: Preprocessing) throws -> Tensor {
    guard input.hasSuffix(".npy") else {
      let image = try Image(contentsOf: input)
      return preprocessing.tensor(
        pixels: image.pixels, height: image.height, width: image.width)
    }
    let array = try NumPyFile.read(input)
    guard array.shape.count == 4, array.shape[3] == 3 else {
      throw ValidationError("\(input): expected an array N×H×W×3, found the shape \(array.shape)")
    }
    return array.converted(to: .float32)
  }
}
