import ArgumentParser
import Layers
import Zoo

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the backbones.")

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Print the page zoo/README.md.")
  var markdown = false

  func run() throws {
    if markdown { return print(try Catalogue.markdown(), terminator: "") }
    let entries = try Catalogue.cards.map { try Entry($0) }
    if json { return try printJSON(entries) }
    var table = Table(header: ["backbone", "parameters", "size", "preprocessing", "endpoints"])
    for entry in entries {
      let endpoints = entry.endpoints.map { "\($0.name) /\($0.stride) ×\($0.channels)" }
      table.append([
        entry.name, "\(entry.parameters)", "\(entry.imageSide)", entry.preprocessing,
        endpoints.joined(separator: ", "),
      ])
    }
    print(table.text)
  }
}

/// A backbone of the catalogue at its default size.
private struct Entry: Encodable {
  struct Endpoint: Encodable {
    let name: String
    let stride: Int
    let channels: Int
  }

  let name: String
  let parameters: Int
  let imageSide: Int
  let preprocessing: String
  let endpoints: [Endpoint]
  /// The last layer of what `zoo bench` runs.
  let benchmarkedEndpoint: String

  enum CodingKeys: String, CodingKey {
    case name, parameters, preprocessing, endpoints
    case imageSide = "image_side"
    case benchmarkedEndpoint = "benchmarked_endpoint"
  }

  init(_ card: BackboneCard) throws {
    let extractor = try card.makeExtractor()
    name = card.name
    parameters = try extractor.parameters().reduce(0) { $0 + $1.count }
    imageSide = extractor.preprocessing.imageSide
    preprocessing = extractor.preprocessing.description
    endpoints = try extractor.featureMaps().map {
      Endpoint(name: $0.endpoint, stride: $0.stride, channels: $0.channels)
    }
    let benchmarked = try Graph(
      card.benchmarkedStages(of: extractor), input: extractor.imageShape)
    benchmarkedEndpoint = benchmarked[benchmarked.output].layer
  }
}
