internal import COneDNN
internal import Tensors

/// Where a step finds or leaves a value.
enum Location: Hashable {
  /// In the plan's arena: the number of the value's buffer.
  case buffer(Int)
  /// In the caller's input.
  case input
  /// In the caller's result.
  case result
  /// In the caller's gradient of an endpoint.
  case gradient(Int)
}

/// A value that a step reads or writes.
struct Operand {
  let role: onednn_role
  /// Counts the sources of a step that has several.
  let index: Int32
  let location: Location

  init(_ role: onednn_role, _ location: Location, index: Int = 0) {
    (self.role, self.location, self.index) = (role, location, Int32(index))
  }
}

/// One operation of a plan with the places it reads and writes.
final class PlanStep {
  /// What the step runs.
  enum Work {
    case primitive(Primitive)
    /// A loop of our own, which gets the operands' addresses in their order.
    case loop(String, ([UnsafeMutableRawPointer]) -> Void)
  }

  let layer: String
  let work: Work
  let operands: [Operand]
  /// Weights that the primitive points to.
  let kept: [AnyObject]
  /// Whether the result depends on the number of threads: then it is always all of them.
  let needsAllThreads: Bool
  private var addresses: [UnsafeMutableRawPointer?]

  init(
    layer: String, work: Work, operands: [Operand], kept: [AnyObject] = [],
    needsAllThreads: Bool = false
  ) {
    (self.layer, self.work, self.operands, self.kept) = (layer, work, operands, kept)
    self.needsAllThreads = needsAllThreads
    addresses = Array(repeating: nil, count: operands.count)
  }

  var scratchpadByteCount: Int {
    if case .primitive(let primitive) = work { primitive.size(of: ONEDNN_SCRATCHPAD) } else { 0 }
  }

  var implementation: String {
    switch work {
    case .primitive(let primitive): primitive.implementation
    case .loop(let name, _): name
    }
  }

  /// Points the step at the arena.
  func bind(buffers: [UnsafeMutableRawPointer], scratchpad: UnsafeMutableRawPointer) {
    for (number, operand) in operands.enumerated() {
      if case .buffer(let buffer) = operand.location { bind(number, to: buffers[buffer]) }
    }
    if case .primitive(let primitive) = work { primitive.bind(ONEDNN_SCRATCHPAD, to: scratchpad) }
  }

  /// Points the step at something of the caller's, if it uses that.
  func bind(_ location: Location, to address: UnsafeRawPointer) {
    for (number, operand) in operands.enumerated() where operand.location == location {
      bind(number, to: UnsafeMutableRawPointer(mutating: address))
    }
  }

  func execute() throws(EngineError) {
    guard needsAllThreads else { return try executeWork() }
    try ComputeThread.shared.withAllThreads { () throws(EngineError) in try executeWork() }
  }

  private func executeWork() throws(EngineError) {
    switch work {
    case .primitive(let primitive): try primitive.execute()
    case .loop(_, let body):
      body(
        addresses.map { address in
          guard let address else { preconditionFailure("layer \(layer) runs before it is bound") }
          return address
        })
    }
  }

  private func bind(_ number: Int, to address: UnsafeMutableRawPointer) {
    addresses[number] = address
    if case .primitive(let primitive) = work {
      primitive.bind(operands[number].role, at: operands[number].index, to: address)
    }
  }
}

/// A step that brings an endpoint's value into the caller's result.
struct PlanOutput {
  let step: PlanStep
  let shape: [Int]
}

extension PlanOutput {
  /// The value, float32.
  func handOut(_ execute: (PlanStep) throws(EngineError) -> Void) throws(EngineError) -> Tensor {
    try Tensor(shape: shape) { bytes throws(EngineError) in
      guard let start = bytes.baseAddress else { return }
      step.bind(.result, to: start)
      try execute(step)
    }
  }
}
