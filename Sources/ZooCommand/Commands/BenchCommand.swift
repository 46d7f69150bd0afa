import ArgumentParser
import Datasets
import Engine
import Layers
import Tensors
import Training
import Zoo

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time a backbone with random weights on this machine.",
    discussion: """
      Times the plan that 'features' and 'classify' run, float32 in and float32 out, conversions \
      counted: the whole network of a ResNet, the body of a VGG or MobileNet. With --train, a step \
      of training with stored statistics: forward, loss, pullback and the update by SGD with \
      momentum.

      Examples:
        zoo bench --backbone resnet50_v1 --size 608 800 --precision bf16
        zoo bench --backbone resnet50_v1 --size 608 800 --train --freeze conv1 conv2
      """)

  @OptionGroup var backbone: BackboneOptions

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Height and width in pixels.", valueName: "H W"))
  var size: [Int] = [224, 224]

  @Option(help: "Images in a batch.")
  var batch = 1

  @Option(help: "How many runs to take the median of.")
  var runs = 10

  @Flag(help: "Also print each step's time and oneDNN's name for the code that ran.")
  var profile = false

  @Flag(help: "Time steps of training.")
  var train = false

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Layers that do not train: names of stages or layers, /regex/, or i:j.", valueName: "sel"))
  var freeze: [String] = []

  @OptionGroup var compute: ComputeOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard size.count == 2, size.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--size: expected a height and a width, found \(size)")
    }
    guard train || freeze.isEmpty else { throw ValidationError("--freeze needs --train") }
    guard batch > 0, runs > 0 else { throw ValidationError("--batch and --runs are at least 1") }
  }

  func run() throws {
    compute.limitThreads()
    let clock = ContinuousClock()
    let start = clock.now
    let workload = try train ? trainingStep() : inference()
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
      mode: train ? "train" : "infer", median: times.median.milliseconds,
      preparation: preparation.milliseconds, workspaceByteCount: workload.workspaceByteCount)
    if json { try printJSON(timing) } else { print(timing.text) }
    if profile { printProfile(try workload.profile()) }
  }

  // MARK: What is timed

  private struct Workload {
    let workspaceByteCount: Int
    let run: () throws -> Void
    let profile: () throws -> [StepTime]
  }

  private var precision: Precision { compute.precision ?? .fastest }
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
      try plan.profile(input)
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
      try plan.profile(input, gradients: [gradient(of: plan.forward(input)[0])])
    }
  }

  private func printProfile(_ steps: [StepTime]) {
    var table = Table(header: ["layer", "ms", "implementation"])
    for step in steps {
      table.append([
        step.layer, step.duration.milliseconds.rounded(decimals: 3), step.implementation,
      ])
    }
    print(table.text)
  }
}

private struct Timing: Encodable {
  let net: String
  let batch: Int
  let size: [Int]
  let precision: String
  let mode: String
  let median: Double
  let preparation: Double
  let workspaceByteCount: Int

  enum CodingKeys: String, CodingKey {
    case net, batch, size, precision, mode
    case median = "median_ms"
    case preparation = "prepare_ms"
    case workspaceByteCount = "workspace_bytes"
  }

  var text: String {
    "\(net) \(batch)×\(size[0])×\(size[1]) \(precision) \(mode): "
      + "\(median.rounded(decimals: 2)) ms (prepared in "
      + "\(preparation.rounded(decimals: 0)) ms, \(workspaceByteCount >> 20) MiB of workspace)"
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
