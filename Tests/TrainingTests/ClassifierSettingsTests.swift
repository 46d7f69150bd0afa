import Engine
import FoundationEssentials
import Layers
import Testing

@testable import Training

@Suite struct ClassifierSettingsTests {
  private let usual = ClassifierSettings(
    backbone: "tiny", data: "flowers", side: 12, precision: .bfloat16, threads: 2)

  @Test("Settings are the same after a way through config.json")
  func roundTrip() throws {
    var settings = usual
    settings.configuration.alpha = 0.1
    settings.freeze = ["stem", "/a\\d/"]
    (settings.rate, settings.seed) = (0.1 + 0.2, .max)
    (settings.clipNorm, settings.batchNorm, settings.optimizer) = (nil, .batch, .adam)
    for settings in [usual, settings] {
      let text = try JSONEncoder.zoo().encode(settings)
      #expect(try JSONDecoder.zoo().decode(ClassifierSettings.self, from: text) == settings)
    }
  }

  @Test("Every setting has an entry under the command line's name")
  func entries() {
    let entries = Dictionary(uniqueKeysWithValues: usual.entries.map { ($0.name, $0.value) })
    #expect(entries["val-fraction"] == "0.2")
    #expect(entries["freeze"] == "none" && entries["configuration.alpha"] == "none")
    #expect(entries["clip-norm"] == "10.0" && entries["optimizer"] == "sgd")
    // The configuration's three are entries of their own.
    #expect(entries.count == Mirror(reflecting: usual).children.count + 2)
  }

  @Test("Defaults follow the batch and the length of the run")
  func defaults() {
    #expect(ClassifierSettings.usualRate(optimizer: .sgd, batch: 32) == 0.01)
    #expect(ClassifierSettings.usualRate(optimizer: .sgd, batch: 8) == 0.0025)
    #expect(ClassifierSettings.usualRate(optimizer: .adam, batch: 8) == 1e-4)
    #expect(usual.usualWarmUp(exampleCount: 160) == 10)
    #expect(usual.usualWarmUp(exampleCount: 100_000) == 100)
  }

  @Test("Numbers that make no sense are refused by name")
  func checks() throws {
    try usual.check()
    let changes: [(name: String, change: (inout ClassifierSettings) -> Void)] = [
      ("epochs", { $0.epochs = 0 }), ("epochs", { $0.epochs = .max }),
      ("batch", { $0.batch = 0 }), ("side", { $0.side = 0 }), ("rate", { $0.rate = .nan }),
      ("rate", { $0.rate = -1 }), ("momentum", { $0.momentum = 1 }),
      ("weight-decay", { $0.weightDecay = .infinity }), ("warm-up", { $0.warmUp = -1 }),
      ("clip-norm", { $0.clipNorm = -1 }), ("label-smoothing", { $0.labelSmoothing = 1 }),
      ("val-fraction", { $0.valFraction = 1 }), ("crop-area", { $0.cropArea = 0 }),
      ("threads", { $0.threads = 0 }),
    ]
    for (name, change) in changes {
      var settings = usual
      change(&settings)
      let error = try #require(throws: TrainingError.self) { try settings.check() }
      #expect(error.description.hasPrefix("setting \(name): expected"))
    }
  }
}
