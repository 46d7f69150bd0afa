internal import Boxes
internal import Datasets
internal import Detection

/// The examples of a phase's steps, made ahead of them.
final class DetectorBatches {
  /// An example with the proposals that were made of it beforehand, in its own pixels.
  private struct Example: Sendable {
    let example: DetectorExample
    let proposals: [Box]
  }

  private let examples: Prefetcher<Example>
  private let batch: Int

  /// - Parameters:
  ///   - plan: The run.
  ///   - phase: The phase.
  ///   - step: The first of its steps that a batch is wanted for.
  ///   - proposals: Of each training image; nil where none are kept.
  init(_ plan: DetectorPlan, _ phase: DetectorPlan.Phase, from step: Int, proposals: KeptProposals?)
  {
    let settings = plan.settings
    let (architecture, images) = (plan.architecture, plan.training.images)
    let epochs = plan.epochs(of: phase)
    // Each phase has orders and variations of its own.
    let orders = EpochOrders(
      count: images.count, seed: settings.seed &+ UInt64(phase.firstStep))
    batch = settings.batch
    let first = min(step * batch, epochs.pictureCount)
    examples = Prefetcher(
      first..<epochs.pictureCount, threadCount: settings.threads,
      capacity: max(2 * batch, settings.threads)
    ) { place in
      let (epoch, position) = epochs.place(of: place)
      let index = orders.order(of: epoch)[position]
      let annotated = images[index]
      let kept = proposals?[index] ?? []
      // Proposals are moved about with the objects.
      let boxes = kept.map { AnnotatedObject(label: 0, box: $0) }
      var generator = SeededGenerator(
        seed: settings.seed, for: "augmentation", phase.firstStep, epoch, index)
      let varied = settings.augmentation(
        try Image(contentsOf: annotated.path), objects: annotated.objects + boxes,
        sizing: architecture.settings.imageSize, using: &generator)
      let example = try DetectorExample(
        varied.image, objects: Array(varied.objects.prefix(annotated.objects.count)),
        for: architecture, settings: settings.learning, using: &generator)
      return Example(
        example: example, proposals: varied.objects.suffix(kept.count).map(\.box))
    }
  }

  /// Waits for the next step's examples; nil after the last.
  ///
  /// - Throws: `ImageError` if an image cannot be read.
  func next() throws -> (examples: [DetectorExample], proposals: [[Box]])? {
    var parts: [Example] = []
    while parts.count < batch, let example = try examples.next() { parts.append(example) }
    return parts.isEmpty ? nil : (parts.map(\.example), parts.map(\.proposals))
  }
}
