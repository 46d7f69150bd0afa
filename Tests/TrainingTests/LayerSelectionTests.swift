import Layers
import Testing

@testable import Training

@Suite struct LayerSelectionTests {
  private func outline() throws -> NetworkOutline {
    try NetworkOutline(TinyNetwork().stages, input: [1, 12, 12, 3])
  }

  private func chosen(_ words: String...) throws -> [String] {
    let outline = try outline()
    let names = try LayerSelection(words).layers(of: outline)
    return outline.layers.map(\.name).filter(names.contains)
  }

  private func refusal(_ words: String...) throws -> String {
    try #require(throws: TrainingError.self) {
      try LayerSelection(words).layers(of: outline())
    }.description
  }

  @Test("The outline has every layer in the order it runs, under its stage")
  func outlineOfANetwork() throws {
    let outline = try outline()
    #expect(outline.stages == ["stem", "body", "tail", "classifier"])
    #expect(
      outline.layers.map { "\($0.stage) \($0.name) \($0.parameterCount)" } == [
        "stem stem_conv 162", "stem stem_bn 24", "stem stem_relu 0", "body body_dw 54",
        "body body_dw_bn 24", "body body_dw_relu 0", "body body_pw 56", "body body_relu 0",
        "tail tail_conv 584", "classifier pool 0", "classifier dropout 0",
        "classifier predictions 27",
      ])
    #expect(outline.layers.filter(\.isBatchNorm).map(\.name) == ["stem_bn", "body_dw_bn"])
    #expect(try outline.parameters == TinyNetwork().parameters())
  }

  @Test("A stage, a layer, an expression and a range each choose layers, together their union")
  func forms() throws {
    #expect(try chosen("stem") == ["stem_conv", "stem_bn", "stem_relu"])
    #expect(try chosen("body_pw") == ["body_pw"])
    #expect(try chosen("/_bn$/") == ["stem_bn", "body_dw_bn"])
    #expect(try chosen("/^(stem|tail)_conv/") == ["stem_conv", "tail_conv"])
    #expect(try chosen("1:4") == ["stem_bn", "stem_relu", "body_dw"])
    #expect(try chosen(":2") == ["stem_conv", "stem_bn"])
    #expect(try chosen("11:") == ["predictions"])
    #expect(try chosen("0:1", "tail", "/^stem_bn/") == ["stem_conv", "stem_bn", "tail_conv"])
    #expect(try chosen() == [])
  }

  @Test("A stage comes before the layer of its name, which an expression still reaches")
  func stageAndLayerOfOneName() throws {
    let stages = [
      Stage("conv1") {
        Conv2D("conv1", 3, 2)
        ReLU("relu1")
      },
      Stage("top") { Conv2D("conv2", 3, 2) },
    ]
    let outline = try NetworkOutline(stages, input: [1, 8, 8, 3])
    #expect(try LayerSelection(["conv1"]).layers(of: outline) == ["conv1", "relu1"])
    #expect(try LayerSelection(["/^conv1$/"]).layers(of: outline) == ["conv1"])
  }

  @Test("Two networks that train together are chosen from as one")
  func together() throws {
    let head = try NetworkOutline(
      [Stage("rpn") { Conv2D("rpn_conv", 3, 4) }], input: [1, 6, 6, 8])
    let both = try outline() + head
    #expect(both.stages == ["stem", "body", "tail", "classifier", "rpn"])
    let chosen = try LayerSelection(["rpn", "/^stem_conv/"]).layers(of: both)
    #expect(chosen == ["rpn_conv", "stem_conv"])
    #expect(try LayerSelection(["12:13"]).layers(of: both) == ["rpn_conv"])
  }

  @Test("A word that chooses nothing is refused with what is near")
  func nothing() throws {
    #expect(
      try refusal("stam")
        == "selection of layers 'stam': there is no such stage or layer; the nearest names are "
        + "stem, tail, body; the stages are stem, body, tail, classifier")
    #expect(try refusal("stem", "body_pv").contains("'body_pv'"))
    #expect(try refusal("/_bm$/").contains("is found in no layer's name; the nearest names are"))
    #expect(try refusal("/(/").contains("is no regular expression"))
    #expect(try refusal("3:3").contains("within 0:12, found 3:3"))
    #expect(try refusal("4:2").contains("found 4:2"))
    #expect(try refusal("0:13").contains("found 0:13"))
    #expect(try refusal("-1:3").contains("there is no such stage or layer"))
    #expect(try refusal(":").contains("there is no such stage or layer"))
    #expect(try refusal("").contains("there is no such stage or layer"))
  }

  @Test("A selection of everything is refused, whichever way it is written")
  func everything() throws {
    let text = "chooses all 7 layers that have parameters"
    #expect(try refusal("0:").contains(text))
    #expect(try refusal("/./").contains(text))
    #expect(try refusal("stem", "body", "tail", "predictions").contains(text))
  }
}
