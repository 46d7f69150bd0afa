import Boxes
import Datasets
import Detection
import Engine
import FoundationEssentials
import Layers
import Testing

@testable import Training

@Suite struct DetectorSettingsTests {
  private let usual = DetectorSettings(
    backbone: "tiny", data: "voc", split: "train", precision: .float32, threads: 2)

  @Test("Settings are the same after a way through config.json")
  func roundTrip() throws {
    var settings = usual
    (settings.configuration.alpha, settings.valSplit, settings.clipNorm) = (0.1, "val", nil)
    (settings.schedule, settings.stepEpochs) = (.alternating, [1, 2, 3, 4])
    settings.detector.anchors.ratios = [0.1, 1.0 / 3]
    settings.learning.lossWeights.regionBox = 0.7
    settings.augmentation.scaleJitter = 0.9...1.1
    settings.remap = ["a b=c d"]
    for settings in [usual, settings] {
      let text = try JSONEncoder.zoo().encode(settings)
      #expect(try JSONDecoder.zoo().decode(DetectorSettings.self, from: text) == settings)
    }
  }

  @Test("Every setting has an entry, also those within others, and each is seen to change")
  func entries() {
    let entries = Dictionary(uniqueKeysWithValues: usual.entries.map { ($0.name, $0.value) })
    #expect(entries["detector.image-size.shorter-side"] == "600")
    #expect(entries["learning.loss-weights.region-box"] == "1.0")
    #expect(entries["augmentation.scale-jitter"] == "1.0...1.0")
    #expect(entries["val-split"] == "none" && entries["schedule"] == "joint")
    let changes: [(String, (inout DetectorSettings) -> Void)] = [
      ("detector.pooling", { $0.detector.pooling = .max }),
      ("detector.anchors.ratios", { $0.detector.anchors.ratios = [1] }),
      ("detector.detections.overlap", { $0.detector.detections.overlap = 0.3 }),
      ("learning.anchor-matcher.foreground", { $0.learning.anchorMatcher.foreground = 0.6 }),
      ("learning.proposals.count", { $0.learning.proposals.count = 1 }),
      ("augmentation.mirror-share", { $0.augmentation.mirrorShare = 0 }),
      ("rate-drops", { $0.rateDrops = [] }),
    ]
    for (name, change) in changes {
      var settings = usual
      change(&settings)
      let differing = zip(usual.entries, settings.entries).filter { $0.0.value != $0.1.value }
      #expect(differing.map(\.0.name) == [name])
    }
  }

  @Test("Numbers that make no sense are refused by name")
  func checks() throws {
    try usual.check()
    let changes: [(name: String, change: (inout DetectorSettings) -> Void)] = [
      ("epochs", { $0.epochs = 0 }), ("epochs", { $0.epochs = .max }),
      ("step-epochs", { $0.stepEpochs = [1, 1, 1, 1] }),
      ("step-epochs", { ($0.schedule, $0.stepEpochs) = (.alternating, [1, 1, 1]) }),
      ("step-epochs", { ($0.schedule, $0.stepEpochs) = (.alternating, [1, 1, 0, 1]) }),
      ("batch", { $0.batch = 0 }), ("rate", { $0.rate = .nan }), ("rate", { $0.rate = 0 }),
      ("rate", { $0.rate = 1e-60 }), ("momentum", { $0.momentum = 1 }),
      ("weight-decay", { $0.weightDecay = -1 }), ("warm-up", { $0.warmUp = -1 }),
      ("rate-drops", { $0.rateDrops = [0.5, 1.5] }), ("rate-drops", { $0.rateDrops = [.nan] }),
      ("clip-norm", { $0.clipNorm = 0 }), ("threads", { $0.threads = 0 }),
      ("size", { $0.detector.imageSize.shorterSide = 31 }),
      ("size", { $0.detector.imageSize.longerSide = 599 }),
      ("size", { $0.detector.imageSize.longerSide = 20000 }),
      ("anchor-sides", { $0.detector.anchors.sides = [] }),
      ("anchor-sides", { $0.detector.anchors.sides = [16, 0] }),
      ("anchor-ratios", { $0.detector.anchors.ratios = [.nan] }),
      ("proposal-channels", { $0.detector.proposalChannels = 0 }),
      ("jitter", { $0.augmentation.scaleJitter = 0...1 }),
      ("jitter", { $0.augmentation.scaleJitter = 1 ... .infinity }),
      ("color-jitter", { $0.augmentation.colorJitter = 2 }),
      ("color-jitter", { $0.augmentation.colorJitter = .nan }),
      ("loss-weight rpn.box", { $0.learning.lossWeights.proposalBox = -1 }),
      ("loss-weight heads.class", { $0.learning.lossWeights.regionClass = .infinity }),
      ("remap", { $0.remap = ["a"] }), ("remap", { $0.remap = ["=b"] }),
      ("remap", { $0.remap = ["a=b=c"] }),
    ]
    for (name, change) in changes {
      var settings = usual
      change(&settings)
      let error = try #require(throws: TrainingError.self, "\(name)") { try settings.check() }
      #expect(error.description.hasPrefix("setting \(name): expected"))
    }
    #expect(DetectorSettings.usualRate(batch: 2) == 0.005 && usual.rate == 0.005)
  }

  // MARK: Phases

  @Test(
    "The four steps share the epochs 2 : 1 : 2 : 1, and each has one at least",
    arguments: [
      (1, [1, 1, 1, 1]), (4, [1, 1, 1, 1]), (5, [2, 1, 1, 1]), (6, [2, 1, 2, 1]),
      (12, [4, 2, 4, 2]), (60, [20, 10, 20, 10]),
    ])
  func division(epochs: Int, steps: [Int]) {
    #expect(DetectorSchedule.alternating.phases(epochs: epochs).map(\.epochs) == steps)
  }

  @Test("No epoch is lost or won in sharing")
  func sums() {
    for epochs in 4...200 {
      let phases = DetectorSchedule.alternating.phases(epochs: epochs)
      #expect(phases.map(\.epochs).reduce(0, +) == epochs)
      #expect(phases[0].epochs >= phases[1].epochs && phases[2].epochs >= phases[3].epochs)
    }
    #expect(
      DetectorSchedule.alternating.phases(epochs: 9, stepEpochs: [4, 3, 2, 1]).map(\.epochs)
        == [4, 3, 2, 1])
    #expect(DetectorSchedule.joint.phases(epochs: 7).map(\.epochs) == [7])
    #expect(DetectorSchedule.rpn.phases(epochs: 7).map(\.epochs) == [7])
  }

  @Test("A plan says what changes in each phase, and when")
  func plan() throws {
    var fixture = try DetectorFixture()
    (fixture.settings.schedule, fixture.settings.stepEpochs) = (.alternating, [1, 2, 1, 1])
    let plan = try fixture.plan()
    // 5 images, 2 a step.
    #expect(plan.phases.map(\.stepCount) == [3, 5, 3, 3])
    #expect(plan.phases.map(\.firstStep) == [0, 3, 8, 11] && plan.stepCount == 14)
    #expect(
      (0...14).map { plan.phaseIndex(ofStep: $0) } == [
        0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3,
      ])
    func layers(_ phase: Int) -> Set<String> {
      Set(plan.phases[phase].trainable.map { String($0.prefix { $0 != "/" }) })
    }
    let backbone: Set = ["body_dw", "body_dw_bn", "body_pw", "last_conv", "last_bn"]
    let proposals: Set = ["rpn_conv", "rpn_objectness", "rpn_box"]
    let regions: Set = ["tail_conv", "tail_bn", "class_logits", "box_deltas"]
    #expect(layers(0) == backbone.union(proposals) && layers(1) == backbone.union(regions))
    #expect(layers(2) == proposals && layers(3) == regions)
    fixture.settings.stepEpochs = []
    fixture.settings.schedule = .joint
    let joint = try fixture.plan()
    #expect(joint.phases.map(\.trainable) == [joint.freezing.trainable])
    #expect(joint.freezing.frozenLayers == ["stem_conv", "stem_bn", "stem_relu"])
    let names = try joint.kerasLayers
    #expect(names.count == Set(names).count)
    #expect(
      Set(joint.outline.layers.filter { !$0.parameters.isEmpty }.map(\.name)).isSubset(of: names))
  }

  @Test("A plan needs images, a class, and the same classes to measure with")
  func planData() throws {
    let fixture = try DetectorFixture()
    func refusal(_ change: (inout DetectorFixture) -> Void) throws -> String {
      var changed = fixture
      change(&changed)
      return try #require(throws: TrainingError.self) { _ = try changed.plan() }.description
    }
    #expect(
      try refusal { $0.training.images = [] }
        == "setting split: expected images to train on, found none")
    #expect(
      try refusal { ($0.training.classes, $0.training.images[0].objects) = ([], []) }
        == "setting classes: expected at least one class, found none")
    #expect(
      try refusal { $0.validation?.classes = ["blue", "red"] }
        == "setting val-split: expected the classes red, blue, found blue, red")
  }

  @Test("A data set's mark is the same in every process, and every change shows")
  func fingerprint() {
    let box = Box(x1: 1, y1: 2, x2: 3.5, y2: 4)
    let dataset = DetectionDataset(
      classes: ["x", "y"],
      images: [
        AnnotatedImage(
          name: "a", path: "here/a.png", width: 10, height: 20,
          objects: [AnnotatedObject(label: 1, box: box, isCrowd: true)]),
        AnnotatedImage(name: "b", path: "here/b.png", width: 5, height: 6, objects: []),
      ])
    let fingerprint = DatasetFingerprint(dataset)
    // By FNV-1a in Python.
    #expect(fingerprint.description == "2 images with 1 objects of x, y (e726e838a8fff4d3)")
    var moved = dataset
    moved.images[0].path = "there/a.png"
    #expect(DatasetFingerprint(moved) == fingerprint)
    let changes: [(inout DetectionDataset) -> Void] = [
      { $0.images[1].width = 6 }, { $0.images[0].objects[0].label = 0 },
      { $0.images[0].objects[0].isCrowd = false }, { $0.images[0].objects[0].box.y2 = 4.0001 },
      { $0.images.swapAt(0, 1) }, { $0.classes.reverse() }, { $0.images[0].name = "c" },
    ]
    for (index, change) in changes.enumerated() {
      var changed = dataset
      change(&changed)
      #expect(DatasetFingerprint(changed) != fingerprint, "\(index)")
    }
  }
}
