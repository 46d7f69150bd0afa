internal import COneDNN

/// Where a step finds or leaves a value.
enum Location {
  /// In the plan's arena: the number of the value's buffer.
  case buffer(Int)
  /// In the caller's input.
  case input
  /// In the caller's result.
  case result
}

/// One operation of a plan with the places it reads and writes.
final class PlanStep {
  /// What the step runs.
  enum Work {
    case primitive(Primitive)
    case zeroPad(source: onednn_map, destination: onednn_map, top: Int, left: Int)
  }

  let layer: String
  let work: Work
  let sources: [Location]
  let destination: Location
  /// Weights that the primitive points to.
  let kept: [AnyObject]
  private var sourceAddresses: [UnsafeRawPointer?]
  private var destinationAddress: UnsafeMutableRawPointer?

  init(
    layer: String, work: Work, sources: [Location], destination: Location, kept: [AnyObject] = []
  ) {
    (self.layer, self.work, self.sources) = (layer, work, sources)
    (self.destination, self.kept) = (destination, kept)
    sourceAddresses = Array(repeating: nil, count: sources.count)
  }

  var scratchpadByteCount: Int {
    if case .primitive(let primitive) = work { primitive.scratchpadByteCount } else { 0 }
  }

  var implementation: String {
    if case .primitive(let primitive) = work { primitive.implementation } else { "zero pad" }
  }

  /// Points the step at the arena, for good.
  func bind(buffers: [UnsafeMutableRawPointer], scratchpad: UnsafeMutableRawPointer) {
    for (index, source) in sources.enumerated() {
      if case .buffer(let number) = source { bind(source: buffers[number], at: index) }
    }
    if case .buffer(let number) = destination { bind(destination: buffers[number]) }
    if case .primitive(let primitive) = work { primitive.bind(scratchpad: scratchpad) }
  }

  /// Points the step at a run's input, if it reads that.
  func bind(input: UnsafeRawPointer) {
    for (index, source) in sources.enumerated() {
      if case .input = source { bind(source: input, at: index) }
    }
  }

  /// Points the step at a run's result, if it writes that.
  func bind(output: UnsafeMutableRawPointer) {
    if case .result = destination { bind(destination: output) }
  }

  func execute() throws(EngineError) {
    switch work {
    case .primitive(let primitive): try primitive.execute()
    case .zeroPad(let source, let destination, let top, let left):
      guard let from = sourceAddresses[0], let to = destinationAddress else {
        preconditionFailure("layer \(layer) runs before it is bound")
      }
      onednn_zero_pad(source, destination, Int64(top), Int64(left), from, to)
    }
  }

  private func bind(source: UnsafeRawPointer, at index: Int) {
    sourceAddresses[index] = source
    if case .primitive(let primitive) = work { primitive.bind(source: source, at: index) }
  }

  private func bind(destination: UnsafeMutableRawPointer) {
    destinationAddress = destination
    if case .primitive(let primitive) = work { primitive.bind(destination: destination) }
  }
}

/// A step that brings an endpoint's value into the caller's result.
struct PlanOutput {
  let step: PlanStep
  let shape: [Int]
}
