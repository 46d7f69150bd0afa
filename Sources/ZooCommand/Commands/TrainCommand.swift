public import ArgumentParser
import Datasets
import Detection
import Engine
import Importing
import Layers
public import Training
import Zoo

struct TrainCommand: TrainingCommand {
  typealias Run = DetectorRun

  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Fine-tune a detector on labelled images.",
    discussion: """
      Puts Faster R-CNN on a backbone, whose weights are imported by layer name. What is restored, \
      new, frozen and trained is printed first; --dry-run stops there. The run's folder holds \
      last.h5 and best.h5, whose backbone Keras loads by name, config.json, data.json, \
      metrics.jsonl, a file for TensorBoard and log.txt.

      Ctrl-C stops after the step; --resume goes on, bit for bit as if nothing had happened.

      Example:
        zoo train --data VOC2007 --backbone resnet50_v1 --weights imagenet \\
          --output runs/voc
        zoo evaluate --data VOC2007 --split test --checkpoint runs/voc
        zoo detect street.jpg --checkpoint runs/voc --output found
      """)

  @OptionGroup(title: "Data") var data: DetectionDataOptions

  @Option(help: "The part to train on (default: trainval, else train, else all there is).")
  var split: String?

  @Option(
    help: ArgumentHelp(
      "The part to measure with after each epoch, by which the best weights are chosen.",
      valueName: "SPLIT"))
  var valSplit: String?

  @OptionGroup(title: "Weights") var startOptions: StartOptions

  @Option(
    help: ArgumentHelp(
      "What is restored from --weights (default: classification).",
      discussion:
        "classification: the backbone. With a run of 'zoo train' or its file, detection: all of a "
        + "detector but what its predictors know of classes that are new by name; full: all of a "
        + "detector of the same classes.",
      valueName: "classification|detection|full"))
  var checkpointType: CheckpointType?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Classes of the checkpoint under their new names.", valueName: "OLD=NEW"))
  var remap: [String] = []

  @OptionGroup(title: "Detector") var detector: DetectorOptions
  @OptionGroup(title: "Freezing") var freezing: FreezeOptions
  @OptionGroup(title: "Schedule") var schedule: DetectorScheduleOptions

  @OptionGroup(title: "Run") var runOptions: RunOptions
  @OptionGroup(title: "Computing") var compute: ComputeOptions

  func validate() throws {
    if runOptions.resume { return }
    try startOptions.requireForNewRun(data: data.data, fromScratch: freezing.batchStatistics)
    if let checkpointType, startOptions.weights == nil {
      throw ValidationError("--checkpoint-type \(checkpointType.rawValue): --weights is needed")
    }
  }

  func startRun(_ signals: StopSignals) throws {
    var settings = DetectorSettings(
      backbone: startOptions.backbone ?? "", data: data.data ?? "", split: try chosenSplit(),
      precision: compute.precision ?? .fastest,
      threads: compute.threads ?? ComputeThread.shared.threadLimit)
    let file = try weightFile()
    settings.configuration = try startOptions.configuration.configuration(
      of: settings.backbone, variant: try file?.variant ?? detectorVariant())
    let extractor = try Catalogue.extractor(named: settings.backbone, settings.configuration)
    if startOptions.weights != nil { settings.freeze = extractor.imageStages.prefix(2).map(\.name) }
    apply(to: &settings)
    try settings.check()
    if !runOptions.dryRun { try DetectorRun.checkIsFree(runOptions.output) }

    var data = try DetectionData(settings)
    // All that can be refused at once is refused before pictures are looked at, which takes a while.
    let wholePlan = try plan(settings, data, extractor)
    let start = try start(wholePlan, from: file)
    try start.check(wholePlan.freezing)
    if runOptions.dryRun {
      data.printIssues()
      return print([start.text, data.text, wholePlan.text].joined(separator: "\n\n"))
    }
    try data.checkPictures(threadCount: settings.threads, signals)
    data.printIssues()
    let plan = try plan(settings, data, extractor)
    let text = [start.text, data.text, plan.text].joined(separator: "\n\n")
    try begin(text, DetectorProgressLine(plan), signals) {
      try DetectorRun(
        creating: runOptions.output, plan, from: start,
        checkpointInterval: runOptions.checkpointEvery)
    }
  }

  private func plan(
    _ settings: DetectorSettings, _ data: DetectionData, _ extractor: any FeatureExtractor
  ) throws -> DetectorPlan {
    try DetectorPlan(
      settings, training: data.training.dataset, validation: data.validation?.dataset,
      extractor: extractor)
  }

  /// The part to train on, where none is named: the one that detectors are usually trained on.
  private func chosenSplit() throws -> String {
    if let split { return split }
    let known = try LabelledData.splits(at: data.data ?? "")
    return ["trainval", "train"].first(where: known.contains) ?? ""
  }

  /// The backbone's weights, if it is a backbone that the run starts from.
  private func weightFile() throws -> (any WeightFile)? {
    guard (checkpointType ?? .classification) == .classification else { return nil }
    return try startOptions.weights.map {
      try openWeights(
        $0, of: startOptions.backbone ?? "", alpha: startOptions.configuration.alpha)
    }
  }

  /// Whose implementation the backbone of the detector is that the run starts from, if it does.
  private func detectorVariant() throws -> Variant? {
    guard let weights = startOptions.weights else { return nil }
    return try DetectorCheckpoint(of: weights).description.configuration.variant
  }

  private func start(
    _ plan: DetectorPlan, from file: (any WeightFile)?
  ) throws -> DetectorStart {
    let settings = plan.settings
    switch settings.checkpointType {
    case .classification:
      return try DetectorStart(
        backbone: file, of: plan.architecture,
        allowing: ImportAllowance(
          missing: settings.allowMissing, unused: settings.allowUnused),
        candidates: Catalogue.candidates, seed: settings.seed)
    case .detection, .full:
      return try DetectorStart(
        detector: try DetectorCheckpoint(of: settings.weights ?? ""),
        type: settings.checkpointType, of: plan.architecture,
        backbone: (settings.backbone, settings.configuration), remap: settings.remap,
        seed: settings.seed)
    }
  }

  func resumeRun(_ signals: StopSignals) throws {
    let stopped = try StoppedDetectorRun(runOptions.output)
    var settings = stopped.settings
    apply(to: &settings)
    var data = try DetectionData(settings)
    if !runOptions.dryRun { try data.checkPictures(threadCount: settings.threads, signals) }
    let extractor = try Catalogue.extractor(named: settings.backbone, settings.configuration)
    let plan = try plan(settings, data, extractor)
    if runOptions.dryRun { return print(plan.text) }
    try resume(stopped, threads: settings.threads, DetectorProgressLine(plan), signals) {
      try DetectorRun(resuming: stopped, plan, checkpointInterval: runOptions.checkpointEvery)
    }
  }

  private func apply(to settings: inout DetectorSettings) {
    if let split { settings.split = split }
    if let valSplit { settings.valSplit = valSplit }
    applyShared(to: &settings)
    if let checkpointType { settings.checkpointType = checkpointType }
    if !remap.isEmpty { settings.remap = remap }
    data.apply(to: &settings)
    detector.apply(to: &settings)
    schedule.apply(to: &settings)
  }
}

extension CheckpointType: ExpressibleByArgument {}
