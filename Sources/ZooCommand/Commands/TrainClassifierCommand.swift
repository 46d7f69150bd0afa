import ArgumentParser
import Datasets
import Engine
import KerasConverter
import Layers
import Training
import Zoo

struct TrainClassifierCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-classifier",
    abstract: "Fine-tune a backbone on a folder of pictures by class.",
    discussion: """
      The weights are imported by layer name; only the last layer is new. What is restored, new, \
      frozen and trained is printed first. The run's folder holds last.h5 and best.h5, which Keras \
      loads by name, config.json, data.json, metrics.jsonl and log.txt.

      Ctrl-C stops after the step; --resume goes on, bit for bit as if nothing had happened.

      Example:
        zoo train-classifier --data flowers --backbone mobilenet_v1 \\
          --weights mobilenet_1_0_224.h5 --freeze conv1 conv3 --output runs/flowers
        zoo classify rose.jpg --checkpoint runs/flowers
      """)

  @OptionGroup(title: "Data") var data: TrainingDataOptions

  @Option(help: "The network, by its name in 'zoo list'.")
  var backbone: String?

  @Option(help: "MobileNet's width multiplier, as in Keras.")
  var alpha: Double?

  @Option(help: "A Keras checkpoint (.h5), imported by layer name.")
  var weights: String?

  @Option(parsing: .upToNextOption, help: "Parameters that the file may lack; they start anew.")
  var allowMissing: [String] = []

  @Option(parsing: .upToNextOption, help: "Tensors of the file that may be left out.")
  var allowUnused: [String] = []

  @OptionGroup(title: "Freezing") var freezing: FreezeOptions
  @OptionGroup(title: "Schedule") var schedule: ScheduleOptions

  @Option(help: ArgumentHelp("The run's folder.", valueName: "RUN"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "How often to write last.h5 besides the end of each epoch, in steps or seconds.",
      valueName: "N|Ns"))
  var checkpointEvery: CheckpointInterval = .seconds(300)

  @Flag(help: "Go on with the run in --output; its settings need not be repeated.")
  var resume = false

  @Flag(help: "Print what would be restored, frozen and trained, and stop.")
  var dryRun = false

  @OptionGroup(title: "Computing") var compute: ComputeOptions

  func validate() throws {
    if resume { return }
    guard data.data != nil, let backbone else {
      throw ValidationError("--data and --backbone are needed, unless --resume goes on with a run")
    }
    do {
      _ = try Catalogue.extractor(named: backbone, alpha: alpha)
    } catch {
      throw ValidationError("--backbone: \(error)")
    }
    guard weights != nil || freezing.batchStatistics else {
      throw ValidationError(
        "--weights is needed; to train from scratch, normalise with --batch-statistics")
    }
  }

  func run() throws {
    let signals = StopSignals()
    if resume { try resumeRun(signals) } else { try startRun(signals) }
  }

  private func startRun(_ signals: StopSignals) throws {
    let folder = try ImageFolder(
      data.data ?? "", validationShare: data.valFraction ?? 0.2, seed: schedule.seed ?? 0)
    let extractor = try Catalogue.extractor(
      named: backbone ?? "", alpha: alpha, classes: folder.classes.count)
    // All that can be refused at once is refused before pictures are looked at, which takes a while.
    let wholePlan = try plan(on: folder, extractor)
    let start = try StartingPoint(
      restoring: try weights.map { try KerasFile($0) }, into: wholePlan.graph,
      allowing: ImportAllowance(missing: allowMissing, unused: allowUnused),
      seed: wholePlan.settings.seed)
    try start.check(wholePlan.freezing)
    if dryRun { return print(start.text + "\n\n" + wholePlan.text) }
    try ClassifierRun.checkIsFree(output)

    let readable = try data.readablePart(
      of: folder, threadCount: wholePlan.settings.threads, signals)
    let plan = try plan(on: readable, extractor)
    let text = start.text + "\n\n" + plan.text
    printError(text + "\n")
    compute.limitThreads()
    let run = try ClassifierRun(
      creating: output, plan, from: start, checkpointInterval: checkpointEvery)
    try run.log(text)
    try train(run, plan, signals)
  }

  private func plan(
    on folder: ImageFolder, _ extractor: any FeatureExtractor
  ) throws -> ClassifierPlan {
    var settings = ClassifierSettings(
      backbone: backbone ?? "", data: folder.path, side: extractor.preprocessing.imageSide,
      precision: compute.precision ?? .fastest,
      threads: compute.threads ?? ComputeThread.shared.threadLimit)
    if weights != nil { settings.freeze = extractor.imageStages.prefix(2).map(\.name) }
    apply(to: &settings)
    try settings.check()
    schedule.complete(&settings, exampleCount: folder.training.count)
    return try ClassifierPlan(settings, data: folder, extractor: extractor)
  }

  private func resumeRun(_ signals: StopSignals) throws {
    let stopped = try StoppedClassifierRun(output)
    var (settings, folder) = (stopped.settings, stopped.data)
    apply(to: &settings)
    folder.path = settings.data
    let extractor = try Catalogue.extractor(
      named: settings.backbone, alpha: settings.alpha, classes: folder.classes.count)
    let plan = try ClassifierPlan(settings, data: folder, extractor: extractor)
    if dryRun { return print(plan.text) }
    ComputeThread.shared.threadLimit = settings.threads
    let run = try ClassifierRun(resuming: stopped, plan, checkpointInterval: checkpointEvery)
    var text = "resumed after step \(run.progress.step) of \(plan.stepCount)"
    if settings.threads != stopped.settings.threads {
      text += ", on \(settings.threads) threads in place of \(stopped.settings.threads): "
      text += "sums are rounded otherwise"
    }
    printError(text)
    try run.log(text)
    try train(run, plan, signals)
  }

  private func train(_ run: ClassifierRun, _ plan: ClassifierPlan, _ signals: StopSignals) throws {
    var progress = TrainingProgress(plan)
    let outcome = try run.train(whileWanted: { signals.status == nil }) { event in
      if let line = progress.show(event) { try run.log(line) }
    }
    progress.clear()
    if outcome == .stopped, let status = signals.status {
      let text =
        "stopped after step \(run.progress.step) of \(plan.stepCount); "
        + "go on with: zoo train-classifier --resume --output \(output)"
      printError(text)
      try run.log(text)
      throw ExitCode(status)
    }
    let best = run.progress.best
    let text =
      "best: \(output)/best.h5, epoch \(best?.epoch ?? 0)"
      + (best?.accuracy.map { ", validation accuracy \(($0 * 100).rounded(decimals: 1)) %" } ?? "")
    try run.log(text)
    print(text)
  }

  private func apply(to settings: inout ClassifierSettings) {
    if let backbone { settings.backbone = backbone }
    if let alpha { settings.alpha = alpha }
    if let weights { settings.weights = weights }
    if !allowMissing.isEmpty { settings.allowMissing = allowMissing }
    if !allowUnused.isEmpty { settings.allowUnused = allowUnused }
    data.apply(to: &settings)
    freezing.apply(freeze: &settings.freeze, batchNorm: &settings.batchNorm)
    schedule.apply(to: &settings)
    if let precision = compute.precision { settings.precision = precision }
    if let threads = compute.threads { settings.threads = threads }
  }
}
