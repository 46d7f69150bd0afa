import ArgumentParser
import Datasets
import Detection
import Engine
import Layers
import Tensors
import Training
import Zoo

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time a backbone or a detector with random weights on this machine.",
    discussion: """
      Times the plan that 'features' and 'classify' run, float32 in and float32 out, conversions \
      counted: the whole network, but of AlexNet, VGG and MobileNet v1 and v2 the body up to the \
      last map. With --train, a step of training with stored statistics: forward, loss, pullback \
      and the update by SGD with momentum.

      With --detector, a whole Faster R-CNN on the backbone: one detection of an image that has its \
      size already or, with --train, a step of training on images with 20 objects each, matching \
      and sampling counted.

      Examples:
        zoo bench --backbone resnet50_v1 --size 608 800 --precision bf16
        zoo bench --backbone resnet50_v1 --size 608 800 --train --freeze conv1 conv2
        zoo bench --backbone resnet50_v1 --size 600 800 --detector --train --profile
      """)

  @OptionGroup var backbone: BackboneOptions

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Height and width in pixels.", valueName: "H W"))
  var size: [Int] = [224, 224]

  @Option(help: "Images in a batch.")
  var batch = 1

  @Option(help: "How many runs to take the median of.")
  var runs = 10

  @Flag(
    help: ArgumentHelp(
      "Also print each layer's time and oneDNN's name for the code that ran.",
      discussion: "With --detector --train the time of each part of a step."))
  var profile = false

  @Flag(help: "Time steps of training.")
  var train = false

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Layers that do not train: names of stages or layers, /regex/, or i:j.", valueName: "sel"))
  var freeze: [String] = []

  @Flag(help: "Time a Faster R-CNN on the backbone.")
  var detector = false

  @Option(
    help: ArgumentHelp(
      "What runs for each region of --detector (default: backbone).",
      valueName: "backbone|two-layer"))
  var head: RegionHead?

  @Option(help: "Regions of an image that --detector --train learns from (default: 128).")
  var regions: Int?

  @Option(help: "Proposals of an image that --detector looks at (default: 300).")
  var proposals: Int?

  @OptionGroup var compute: ComputeOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard size.count == 2, size.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--size: expected a height and a width, found \(size)")
    }
    guard train || freeze.isEmpty else { throw ValidationError("--freeze needs --train") }
    guard batch > 0, runs > 0 else { throw ValidationError("--batch and --runs are at least 1") }
    try validateDetector()
  }

  private func validateDetector() throws {
    guard detector || (head == nil && regions == nil && proposals == nil) else {
      throw ValidationError("--head, --regions and --proposals need --detector")
    }
    guard !detector || train || (regions == nil && !profile && batch == 1) else {
      throw ValidationError(
        "--regions, --profile and --batch need --train: a detector looks at one image at a time")
    }
    guard proposals == nil || !train else {
      throw ValidationError("--proposals and --train exclude each other")
    }
    for (name, count) in [("regions", regions), ("proposals", proposals)] {
      if let count, !(1...10_000 ~= count) {
        throw ValidationError("--\(name): expected 1 to 10000, found \(count)")
      }
    }
  }

  func run() throws {
    compute.limitThreads()
    let clock = ContinuousClock()
    let start = clock.now
    let workload = try workload()
    let preparation = clock.now - start
    for _ in 0..<3 { try workload.run() }
    var times: [Duration] = []
    for _ in 0..<runs {
      let start = clock.now
      try workload.run()
      times.append(clock.now - start)
    }
    let timing = Timing(
      net: backbone.backbone, batch: batch, size: size, precision: precision.rawValue,
      mode: mode, head: detector ? regionHead.rawValue : nil, median: times.median.milliseconds,
      preparation: preparation.milliseconds, workspaceByteCount: workload.workspaceByteCount,
      proposalCount: workload.proposalCount)
    if json { try printJSON(timing) } else { print(timing.text) }
    if profile { print(try workload.profile().text) }
  }

  // MARK: What is timed

  private struct Workload {
    /// Unknown where plans are compiled inside of what is timed.
    var workspaceByteCount: Int?
    /// How many regions a detection really looks at.
    var proposalCount: Int?
    let run: () throws -> Void
    let profile: () throws -> Table
  }

  private var mode: String {
    switch (detector, train) {
    case (false, false): "infer"
    case (false, true): "train"
    case (true, false): "detect"
    case (true, true): "train-detector"
    }
  }

  private func workload() throws -> Workload {
    switch (detector, train) {
    case (false, false): try inference()
    case (false, true): try trainingStep()
    case (true, false): try detection()
    case (true, true): try detectorStep()
    }
  }

  private var precision: Precision { compute.precision ?? .fastest }
  private var regionHead: RegionHead { head ?? .backbone }
  private var shape: [Int] { [batch, size[0], size[1], 3] }

  private func inference() throws -> Workload {
    let stages = try Catalogue.card(named: backbone.backbone).benchmarkedStages(
      of: backbone.extractor)
    var generator = SeededGenerator(seed: 0, for: "bench")
    let parameters = try Graph(stages, input: shape).randomParameters(using: &generator)
    let network = try Network(stages, parameters: parameters, precision: precision)
    let input = Tensor.uniform(shape, in: -1...1, using: &generator)
    let plan = try network.plan(for: shape)
    return Workload(workspaceByteCount: plan.workspaceByteCount) {
      _ = try plan(input)
    } profile: {
      Table(try plan.profile(input))
    }
  }

  /// A step of gradient descent on the mean square of what comes out, which is a loss like any other.
  private func trainingStep() throws -> Workload {
    let stages = try Catalogue.card(named: backbone.backbone).benchmarkedStages(
      of: backbone.extractor)
    var generator = SeededGenerator(seed: 0, for: "bench")
    let freezing = try Freezing(
      LayerSelection(freeze), of: NetworkOutline(stages, input: shape), batchNorm: .stored)
    let parameters = try TrainableParameters(
      Graph(stages, input: shape).randomParameters(using: &generator),
      trainable: freezing.trainable)
    let network = try TrainableNetwork(stages, parameters: parameters, precision: precision)
    let optimizer = Optimizer(.sgd(momentum: 0.9, nesterov: false), for: parameters)
    let input = Tensor.uniform(shape, in: -1...1, using: &generator)
    let plan = try network.plan(for: shape)
    func gradient(of output: Tensor) -> Tensor {
      let scale = 2 / Float(output.count)
      return Tensor(shape: output.shape, values: output.floats.map { $0 * scale })
    }
    return Workload(workspaceByteCount: plan.workspaceByteCount) {
      let output = try plan.forward(input)[0]
      try plan.pullback([gradient(of: output)])
      try optimizer.update(rate: 1e-4)
    } profile: {
      Table(try plan.profile(input, gradients: [gradient(of: plan.forward(input)[0])]))
    }
  }

  private var detectorBench: DetectorBench {
    get throws {
      try DetectorBench(
        backbone.extractor, head: regionHead,
        proposals: proposals ?? ProposalSelection.inference.count, precision: precision)
    }
  }

  private func detection() throws -> Workload {
    let detection = try detectorBench.detection(size: size)
    // Plans are compiled when they are first needed.
    try detection.run()
    return Workload(proposalCount: detection.proposalCount, run: detection.run) {
      Table(header: [])
    }
  }

  private func detectorStep() throws -> Workload {
    let step = try detectorBench.trainingStep(
      size: size, batch: batch, regionCount: regions ?? BalancedSampler.regions.count,
      freeze: freeze)
    try step { _ in }
    return Workload {
      try step { _ in }
    } profile: {
      var clock = PartClock()
      for _ in 0..<runs {
        clock.restart()
        try step { clock.finish($0) }
      }
      var table = Table(header: ["part", "ms"])
      for part in clock.parts {
        table.append([part.name, part.times.median.milliseconds.rounded(decimals: 2)])
      }
      return table
    }
  }
}

private struct Timing: Encodable {
  let net: String
  let batch: Int
  let size: [Int]
  let precision: String
  let mode: String
  let head: String?
  let median: Double
  let preparation: Double
  let workspaceByteCount: Int?
  let proposalCount: Int?

  enum CodingKeys: String, CodingKey {
    case net, batch, size, precision, mode, head
    case median = "median_ms"
    case preparation = "prepare_ms"
    case workspaceByteCount = "workspace_bytes"
    case proposalCount = "proposals"
  }

  var text: String {
    "\(net) \(batch)×\(size[0])×\(size[1]) \(precision) \(mode): "
      + "\(median.rounded(decimals: 2)) ms (prepared in \(preparation.rounded(decimals: 0)) ms"
      + (workspaceByteCount.map { ", \($0 >> 20) MiB of workspace" } ?? "")
      + (proposalCount.map { ", \($0) proposals" } ?? "") + ")"
  }
}

extension Table {
  /// The layers of a plan.
  fileprivate init(_ steps: [StepTime]) {
    self.init(header: ["layer", "ms", "implementation"])
    for step in steps {
      append([
        step.layer, step.duration.milliseconds.rounded(decimals: 3), step.implementation,
      ])
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
  }
}

extension [Duration] {
  fileprivate var median: Duration {
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
