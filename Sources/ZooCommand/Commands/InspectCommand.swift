import ArgumentParser
import Files
import Importing
import Layers
import WeightFormats

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a file of weights holds: its form, its layers, their shapes and types.",
    discussion: """
      What Keras, PyTorch and TensorFlow write is read, and safetensors, whatever the file is named; \
      of a checkpoint in several files any of them, their common beginning, or their folder.

      Examples:
        zoo inspect vgg16.h5
        zoo inspect $(zoo pull resnet50_v1 --variant torchvision)
        zoo inspect model.ckpt
      """)

  @Argument(help: "A file of weights of Keras, PyTorch or TensorFlow.")
  var file: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let file = try WeightFormats.open(file)
    if json { return try printJSON(Contents(file)) }
    print(Contents(file).text)
  }
}

/// A file's layers that have weights, under Keras's names where the file's own are others.
private struct Contents: Encodable {
  struct Layer: Encodable {
    let name: String
    var weights: [Weight]
  }

  struct Weight: Encodable {
    let name: String
    let path: String
    let shape: [Int]
    let type: String
  }

  let form: String
  let variant: String
  let warnings: [String]
  private(set) var layers: [Layer] = []
  let parameters: Int

  init(_ file: any WeightFile) {
    (form, variant, warnings) = (file.form, file.variant.rawValue, file.warnings)
    for tensor in file.tensors {
      if layers.last?.name != tensor.layer { layers.append(Layer(name: tensor.layer, weights: [])) }
      layers[layers.count - 1].weights.append(
        Weight(
          name: tensor.variable, path: tensor.path, shape: tensor.storedShape,
          type: tensor.typeName))
    }
    parameters = layers.flatMap(\.weights).reduce(0) { sum, weight in
      let (more, isTooLarge) = sum.addingReportingOverflow(weight.shape.clampedProduct)
      return isTooLarge ? .max : more
    }
  }

  var text: String {
    var table = Table(header: ["layer", "variable", "shape", "type"])
    for layer in layers {
      for (index, weight) in layer.weights.enumerated() {
        table.append([
          index == 0 ? layer.name.printable : "", weight.name.printable, "\(weight.shape)",
          weight.type.printable,
        ])
      }
    }
    let lines = ["\(form): \(layers.count) layers with \(parameters) parameters"] + warnings
    return "\(lines.joined(separator: "\n"))\n\n\(table.text)"
  }
}

extension [Int] {
  /// The product of extents; in a damaged file it may be beyond any number, and is then the greatest.
  fileprivate var clampedProduct: Int {
    reduce(1) { product, extent in
      let (next, isTooLarge) = product.multipliedReportingOverflow(by: extent)
      return isTooLarge ? .max : next
    }
  }
}
