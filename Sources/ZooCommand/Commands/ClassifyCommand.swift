import ArgumentParser
import Datasets
import Engine
import Layers
import Tensors

struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Say what is on pictures, with ImageNet's classes or with your own.",
    discussion: """
      A picture of exactly the classifier's size is used as it is; any other is resized and its \
      centre is cut out, as in ImageNet's usual evaluation.

      Examples:
        zoo classify cat.jpg --backbone mobilenet_v1 --weights imagenet
        zoo classify cat.jpg --backbone resnet50_v1 --weights resnet50-0676ba61.pth
        zoo classify rose.jpg --checkpoint runs/flowers
      """)

  @Argument(help: "JPEG or PNG files.")
  var images: [String]

  @OptionGroup var source: ClassifierOptions

  @Option(help: "How many classes to print for each picture (default: 5, or all if fewer).")
  var top: Int?

  @OptionGroup var compute: ComputeOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top: expected at least 1, found \(top)") }
  }

  func run() throws {
    compute.limitThreads()
    let classifier = try source.classifier()
    let classCount = classifier.classes.count
    if let top, top > classCount {
      throw ValidationError("--top: expected 1 to \(classCount), found \(top)")
    }
    let network = try Network(
      classifier.stages, parameters: classifier.parameters,
      precision: compute.precision ?? .fastest)
    let preprocessing = classifier.preprocessing

    var results: [Classification] = []
    for path in images {
      let crop = try Image(contentsOf: path).imageNetCrop(side: preprocessing.imageSide)
      let input = preprocessing.tensor(
        pixels: crop.pixels, height: crop.height, width: crop.width)
      let probabilities = try network(input)[0].floats
      let classification = Classification(
        image: path, probabilities: probabilities, classes: classifier.classes,
        top: min(top ?? 5, classCount))
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

  init(image: String, probabilities: [Float], classes: [String], top count: Int) {
    self.image = image
    let order = probabilities.indices.sorted {
      (-probabilities[$0], $0) < (-probabilities[$1], $1)
    }
    top = order.prefix(count).map {
      Answer(index: $0, label: classes[$0], probability: probabilities[$0])
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
