import ArgumentParser
import Boxes
import Datasets
import Detection
import Drawing
import Engine
import Evaluation
import Files
import Training

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a detector on labelled images: average precision by class.",
    discussion: """
      Prints VOC's average precision at an overlap of 0.5, of all points and of 11, and COCO's, the \
      mean of overlaps from 0.5 to 0.95. --output writes the precision-recall curves as a picture, \
      VOC's comp4 text files and, for COCO, its results file.
      """)

  @OptionGroup(title: "Detector") var options: DetectorCheckpointOptions
  @OptionGroup(title: "Data") var data: DetectionDataOptions

  @Option(help: "The part to measure on (default: test, else val, else all there is).")
  var split: String?

  @Option(help: ArgumentHelp("A folder for curves and results.", valueName: "DIR"))
  var output: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup(title: "Computing") var compute: ComputeOptions

  func validate() throws {
    guard data.data != nil else { throw ValidationError("--data is needed") }
    guard data.classes.isEmpty else {
      throw ValidationError("--classes: they are the detector's own; leave the option out")
    }
  }

  func run() throws {
    compute.limitThreads()
    let detector = try options.detector(precision: compute.precision ?? .fastest)
    let path = data.data ?? ""
    let known = try LabelledData.splits(at: path)
    let split = split ?? ["test", "val"].first(where: known.contains)
    let labelled = try LabelledData(
      contentsOf: path, split: split, classes: detector.architecture.classes,
      images: data.images, coordinates: data.coordinates ?? .automatic)
    for issue in labelled.issues { printError("\(issue)") }

    let (detections, seconds) = try detect(labelled.dataset, with: detector)
    let voc = try VOCEvaluation(dataset: labelled.dataset, detections: detections)
    let coco = try COCOEvaluation(dataset: labelled.dataset, detections: detections)
    let report = EvaluationReport(
      voc: voc, coco: coco, images: labelled.dataset.images.count,
      secondsPerImage: seconds / Double(max(labelled.dataset.images.count, 1)))
    if json { try printJSON(report) } else { printText(report, coco) }
    if let output {
      try write(
        to: output, voc, labelled, detections, split: split ?? "all")
    }
  }

  private func detect(
    _ dataset: DetectionDataset, with detector: Detector
  ) throws -> (detections: [[DetectedObject]], seconds: Double) {
    var line = ProgressLine()
    var detections: [[DetectedObject]] = []
    let start = ContinuousClock.now
    let canvases = detector.architecture.canvases(
      of: dataset.images.map(\.path), threadCount: ComputeThread.shared.threadLimit)
    while let canvas = try canvases.next() {
      detections.append(try detector.detect(on: canvas))
      let elapsed = Double((ContinuousClock.now - start) / .seconds(1))
      let rate = Double(detections.count) / elapsed
      let left = Double(dataset.images.count - detections.count) / rate
      line.update(
        Double(detections.count) / Double(dataset.images.count),
        "\(detections.count)/\(dataset.images.count)  \(rate.rounded(decimals: 1)) images/s  "
          + "\(Duration.seconds(left).text) left")
    }
    line.clear()
    return (detections, Double((ContinuousClock.now - start) / .seconds(1)))
  }

  private func printText(_ report: EvaluationReport, _ coco: COCOEvaluation) {
    print(report.table)
    var table = Table(header: ["COCO", ""])
    let figures: [(String, Double?)] = [
      ("AP", coco.averagePrecision), ("AP50", coco.averagePrecision50),
      ("AP75", coco.averagePrecision75), ("AP small", coco.averagePrecisionSmall),
      ("AP medium", coco.averagePrecisionMedium), ("AP large", coco.averagePrecisionLarge),
      ("AR 1", coco.averageRecall1), ("AR 10", coco.averageRecall10),
      ("AR 100", coco.averageRecall100), ("AR small", coco.averageRecallSmall),
      ("AR medium", coco.averageRecallMedium), ("AR large", coco.averageRecallLarge),
    ]
    for (name, value) in figures { table.append([name, value?.rounded(decimals: 3) ?? "-"]) }
    print("\n" + table.text)
    print(
      "\n\(report.images) images, \((report.secondsPerImage * 1000).rounded(decimals: 1)) ms an "
        + "image, decoding included")
  }

  private func write(
    to folder: String, _ voc: VOCEvaluation, _ labelled: LabelledData,
    _ detections: [[DetectedObject]], split: String
  ) throws {
    try Folder.make(folder)
    let chart = CurveChart(
      title: "Precision by recall, \(split)", xLabel: "recall", yLabel: "precision",
      series: voc.classes.map { result in
        CurveChart.Series(
          name: result.name,
          note: "AP \(result.averagePrecision?.rounded(decimals: 3) ?? "-")",
          points: result.curve.points.map {
            Point(x: Float($0.recall), y: Float($0.precision))
          })
      })
    try chart.image().write(to: "\(folder)/precision_recall.png")
    let dataset = labelled.dataset
    for (label, name) in dataset.classes.enumerated() {
      let text = try VOCResults.text(
        label: label, images: dataset.images, detections: detections)
      let file = VOCResults.fileName(imageSet: split, className: name)
      try ReplacedFile.write(text, to: "\(folder)/\(file)")
    }
    if labelled.form == .coco {
      let text = try COCOResults.json(
        dataset: dataset, detections: detections, categories: labelled.categories)
      try ReplacedFile.write(text, to: "\(folder)/detections.json")
    }
    printError("written to \(folder)")
  }
}
