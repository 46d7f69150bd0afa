import ArgumentParser
import Engine
import Layers
import Tensors
import Zoo

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time a backbone with random weights on this machine.",
    discussion: """
      Times the plan that 'features' and 'classify' run, float32 in and float32 out, conversions \
      counted: the whole network of a ResNet, the body of a VGG or MobileNet.

      Example:
        zoo bench --backbone resnet50_v1 --size 608 800 --precision bf16
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

  @Flag(help: "Time training steps: forward, loss, pullback and update.")
  var train = false

  @OptionGroup var compute: ComputeOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard size.count == 2, size.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--size: expected a height and a width, found \(size)")
    }
    guard batch > 0, runs > 0 else { throw ValidationError("--batch and --runs are at least 1") }
  }

  func run() throws {
    compute.limitThreads()
    let stages = try Catalogue.card(named: backbone.backbone).benchmarkedStages(
      of: backbone.extractor)
    let shape = [batch, size[0], size[1], 3]
    var generator = SystemRandomNumberGenerator()
    let parameters = try Graph(stages, input: shape).randomParameters(using: &generator)
    let precision = compute.precision ?? .fastest
    if train { return try benchTraining(stages, shape, parameters, precision) }
    let network = try Network(stages, parameters: parameters, precision: precision)
    let input = Tensor.uniform(shape, in: -1...1, using: &generator)

    let clock = ContinuousClock()
    let compiled = clock.now
    let plan = try network.plan(for: shape)
    let compilation = clock.now - compiled
    for _ in 0..<3 { _ = try plan(input) }
    var times: [Duration] = []
    for _ in 0..<runs {
      let start = clock.now
      _ = try plan(input)
      times.append(clock.now - start)
    }
    let timing = Timing(
      net: backbone.backbone, batch: batch, size: size, precision: precision.rawValue,
      median: times.median.milliseconds, compilation: compilation.milliseconds,
      workspaceByteCount: plan.workspaceByteCount)
    if json { try printJSON(timing) } else { print(timing.text) }
    if profile { printProfile(try plan.profile(input)) }
  }

  func benchTraining(_ stages: [Stage], _ shape: [Int], _ parameters: Parameters, _ precision: Precision) throws {
    var generator = SystemRandomNumberGenerator()
    let trainable = try TrainableParameters(parameters, trainable: Set(parameters.names.filter { !$0.contains("moving_") }))
    let network = try TrainableNetwork(stages, parameters: trainable, precision: precision)
    let input = Tensor.uniform(shape, in: -1...1, using: &generator)
    let optimizer = Optimizer(.sgd(momentum: 0.9, nesterov: false), for: trainable)
    let clock = ContinuousClock()
    let start = clock.now
    let plan = try network.plan(for: shape)
    print("compiled in", clock.now - start, plan.workspaceByteCount >> 20)
    var times: [Duration] = []
    func step() throws {
      let y = try plan.forward(input)[0]
      let scale = 2 / Float(y.count)
      try plan.pullback([Tensor(shape: y.shape, values: y.floats.map { $0 * scale })])
    }
    for index in 0..<runs + 2 {
      let start = clock.now
      try step()
      let half = clock.now
      try optimizer.update(rate: 1e-4)
      if index >= 2 { times.append(clock.now - start) }
      if index > runs { print("update", clock.now - half) }
    }
    print("median", times.median.milliseconds)
    if profile {
      let y = try plan.forward(input)[0]
      var sums: [String: (Int, Double)] = [:]
      for step in try plan.profile(input, gradients: [y]) {
        sums[step.implementation, default: (0, 0)].0 += 1
        sums[step.implementation, default: (0, 0)].1 += step.duration.milliseconds
      }
      for (name, sum) in sums.sorted(by: { $0.value.1 > $1.value.1 }) { print(name, sum.0, sum.1.rounded(decimals: 2)) }
      printProfile(try plan.profile(input, gradients: [y]))
    }
  }

  private func printProfile(_ steps: [InferencePlan.StepTime]) {
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
  let mode = "infer"
  let median: Double
  let compilation: Double
  let workspaceByteCount: Int

  enum CodingKeys: String, CodingKey {
    case net, batch, size, precision, mode
    case median = "median_ms"
    case compilation = "compile_ms"
    case workspaceByteCount = "workspace_bytes"
  }

  var text: String {
    "\(net) \(batch)×\(size[0])×\(size[1]) \(precision): "
      + "\(median.rounded(decimals: 2)) ms (plan compiled in "
      + "\(compilation.rounded(decimals: 0)) ms, \(workspaceByteCount >> 20) MiB of workspace)"
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
