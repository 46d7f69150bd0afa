import ArgumentParser
import Datasets
import Engine
import Importing
import Layers
import Training
import Zoo

struct TrainClassifierCommand: TrainingCommand {
  typealias Run = ClassifierRun

  static let configuration = CommandConfiguration(
    commandName: "train-classifier",
    abstract: "Fine-tune a backbone on a folder of pictures by class.",
    discussion: """
      The weights are imported by layer name; only the last layer is new. What is restored, new, \
      frozen and trained is printed first. The run's folder holds last.h5 and best.h5, which Keras \
      loads by name, config.json, data.json, metrics.jsonl and log.txt.

      Ctrl-C stops after the step; --resume goes on, bit for bit as if nothing had happened.

      Example:
        zoo train-classifier --data flowers --backbone mobilenet_v1 --weights imagenet \\
          --freeze conv1 conv3 --output runs/flowers
        zoo classify rose.jpg --checkpoint runs/flowers
      """)

  @OptionGroup(title: "Data") var data: TrainingDataOptions

  @OptionGroup(title: "Weights") var startOptions: StartOptions
  @OptionGroup(title: "Freezing") var freezing: FreezeOptions
  @OptionGroup(title: "Schedule") var schedule: ScheduleOptions

  @OptionGroup(title: "Run") var runOptions: RunOptions
  @OptionGroup(title: "Computing") var compute: ComputeOptions

  func validate() throws {
    if runOptions.resume { return }
    try startOptions.requireForNewRun(data: data.data, fromScratch: freezing.batchStatistics)
  }

  func startRun(_ signals: StopSignals) throws {
    let folder = try ImageFolder(
      data.data ?? "", validationShare: data.valFraction ?? 0.2, seed: schedule.seed ?? 0)
    let backbone = startOptions.backbone ?? ""
    let file = try startOptions.weights.map {
      try openWeights($0, of: backbone, alpha: startOptions.configuration.alpha)
    }
    let configuration = try startOptions.configuration.configuration(
      of: backbone, variant: file?.variant)
    let extractor = try Catalogue.extractor(
      named: backbone, configuration, classes: folder.classes.count)
    // All that can be refused at once is refused before pictures are looked at, which takes a while.
    let wholePlan = try plan(on: folder, extractor, configuration)
    let start = try StartingPoint(
      restoring: file, into: wholePlan.graph,
      allowing: ImportAllowance(
        missing: startOptions.allowMissing, unused: startOptions.allowUnused),
      candidates: Catalogue.candidates,
      seed: wholePlan.settings.seed)
    try start.check(wholePlan.freezing)
    if runOptions.dryRun { return print(start.text + "\n\n" + wholePlan.text) }
    try ClassifierRun.checkIsFree(runOptions.output)

    let readable = try data.readablePart(
      of: folder, threadCount: wholePlan.settings.threads, signals)
    let plan = try plan(on: readable, extractor, configuration)
    let text = start.text + "\n\n" + plan.text
    try begin(text, ClassifierProgressLine(plan), signals) {
      try ClassifierRun(
        creating: runOptions.output, plan, from: start,
        checkpointInterval: runOptions.checkpointEvery)
    }
  }

  private func plan(
    on folder: ImageFolder, _ extractor: any FeatureExtractor,
    _ configuration: BackboneConfiguration
  ) throws -> ClassifierPlan {
    var settings = ClassifierSettings(
      backbone: startOptions.backbone ?? "", data: folder.path,
      side: extractor.preprocessing.imageSide,
      precision: compute.precision ?? .fastest,
      threads: compute.threads ?? ComputeThread.shared.threadLimit)
    settings.configuration = configuration
    if startOptions.weights != nil { settings.freeze = extractor.imageStages.prefix(2).map(\.name) }
    apply(to: &settings)
    try settings.check()
    schedule.complete(&settings, exampleCount: folder.training.count)
    return try ClassifierPlan(settings, data: folder, extractor: extractor)
  }

  func resumeRun(_ signals: StopSignals) throws {
    let stopped = try StoppedClassifierRun(runOptions.output)
    var (settings, folder) = (stopped.settings, stopped.data)
    apply(to: &settings)
    folder.path = settings.data
    let extractor = try Catalogue.extractor(
      named: settings.backbone, settings.configuration, classes: folder.classes.count)
    let plan = try ClassifierPlan(settings, data: folder, extractor: extractor)
    if runOptions.dryRun { return print(plan.text) }
    try resume(stopped, threads: settings.threads, ClassifierProgressLine(plan), signals) {
      try ClassifierRun(resuming: stopped, plan, checkpointInterval: runOptions.checkpointEvery)
    }
  }

  private func apply(to settings: inout ClassifierSettings) {
    applyShared(to: &settings)
    data.apply(to: &settings)
    schedule.apply(to: &settings)
  }
}
