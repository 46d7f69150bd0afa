import ArgumentParser
import Datasets
import Engine
import Layers
import Tensors
import Zoo

struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Say what is on pictures, with a backbone's ImageNet classifier.",
    discussion: """
      A picture of exactly the classifier's size is used as it is; any other is resized and its \
      centre is cut out, as in ImageNet's usual evaluation.

      Example:
        zoo classify cat.jpg --backbone mobilenet_v1 --weights mobilenet_1_0_224.h5
      """)

  @Argument(help: "JPEG or PNG files.")
  var images: [String]

  @OptionGroup var backbone: BackboneOptions
  @OptionGroup var weights: WeightOptions

  @Option(help: "How many classes to print for each picture.")
  var top = 5

  @OptionGroup var compute: ComputeOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard 1...ImageNetClasses.names.count ~= top else {
      throw ValidationError(
        "--top: expected 1 to \(ImageNetClasses.names.count), found \(top)")
    }
  }

  func run() throws {
    compute.limitThreads()
    let extractor = try backbone.extractor
    let parameters = try extractor.parameters()
    let network = try Network(
      extractor.stages, parameters: weights.parameters(needed: parameters, known: parameters),
      precision: compute.precision ?? .fastest)

    var results: [Classification] = []
    for path in images {
      let crop = try Image(contentsOf: path).imageNetCrop(side: extractor.preprocessing.imageSide)
      let input = extractor.preprocessing.tensor(
        pixels: crop.pixels, height: crop.height, width: crop.width)
      let probabilities = try network(input)[0].floats
      let classification = Classification(image: path, probabilities: probabilities, top: top)
      if json { results.append(classification) } else { print(classification.text) }
    }
    if json { try printJSON(results) }
  }
}

/// The classes that are most probable for a picture.
private struct Classification: Encodable {
  struct Answer: Encodable {
    let index: Int
    let label: String
    let probability: Float
  }

  let image: String
  let top: [Answer]

  init(image: String, probabilities: [Float], top count: Int) {
    self.image = image
    let order = probabilities.indices.sorted {
      (-probabilities[$0], $0) < (-probabilities[$1], $1)
    }
    top = order.prefix(count).map {
      Answer(index: $0, label: ImageNetClasses.names[$0], probability: probabilities[$0])
    }
  }

  var text: String {
    ([image]
      + top.map { answer in
        let percent = (Double(answer.probability) * 100).rounded(decimals: 1)
        return String(repeating: " ", count: max(0, 7 - percent.count))
          + "\(percent) %  \(answer.label)"
      }).joined(separator: "\n")
  }
}
