import Layers
import Testing
import Zoo
@Test func printEnds() throws {
  for card in Catalogue.cards {
    for variant in card.variants {
    let e = try card.makeExtractor(BackboneConfiguration(variant: variant))
    var ends: [String] = []
    for count in 1...e.stages.count {
      let g = try Graph(Array(e.stages.prefix(count)), input: e.imageShape)
      ends.append(g[g.output].layer)
    }
    print("ENDS \(card.name) \(variant) \(e.preprocessing.imageSide) \(ends.joined(separator: " "))")
    }
  }
}
