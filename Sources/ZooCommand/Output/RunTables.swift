import Layers
import Training

extension Freezing {
  /// What changes by stage; layers without parameters are counted in the ranges and nowhere else.
  func table(_ outline: NetworkOutline) -> String {
    var table = Table(
      header: [
        "stage", "layers i:j", "with parameters", "frozen", "trained numbers", "fixed numbers",
      ])
    for row in summary {
      let range = outline.range(ofStage: row.stage)
      table.append([
        row.stage, "\(range.lowerBound):\(range.upperBound)", "\(row.layers)",
        "\(row.frozenLayers)", "\(row.trainedParameters)", "\(row.fixedParameters)",
      ])
    }
    return table.text
  }
}

extension RunSettings {
  /// All settings, one below the other.
  var table: String {
    var table = Table(header: ["setting", "value"])
    for entry in entries { table.append([entry.name, entry.value]) }
    return table.text
  }
}

extension NetworkOutline {
  fileprivate func range(ofStage name: String) -> Range<Int> {
    let indices = layers.indices.filter { layers[$0].stage == name }
    return (indices.first ?? 0)..<((indices.last ?? -1) + 1)
  }
}
