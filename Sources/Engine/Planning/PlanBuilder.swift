/// The steps of a plan as they are compiled, and the buffers that they use.
struct PlanBuilder {
  private(set) var steps: [PlanStep] = []
  private var buffers: [ArenaLayout.Lifetime] = []

  /// A buffer that the next step writes.
  mutating func allocate(byteCount: Int) -> Location {
    buffers.append(.init(byteCount: byteCount, steps: steps.count...steps.count))
    return .buffer(buffers.count - 1)
  }

  mutating func append(_ step: PlanStep) {
    for operand in step.operands { keep(operand.location) }
    steps.append(step)
  }

  /// Notes that the next step, or what runs before it, uses the buffer.
  mutating func keep(_ location: Location) {
    guard case .buffer(let number) = location else { return }
    let buffer = buffers[number]
    buffers[number] = .init(
      byteCount: buffer.byteCount, steps: buffer.steps.lowerBound...steps.count)
  }

  /// Gives the steps, and the others that read what they leave, places in an arena.
  func layOutMemory(outputs: [PlanStep], in arena: Arena) -> ArenaPlacement {
    let all = steps + outputs
    let scratchpad = ArenaLayout.Lifetime(
      byteCount: all.map(\.scratchpadByteCount).max() ?? 0, steps: 0...steps.count)
    return ArenaPlacement(all, layout: ArenaLayout(buffers + [scratchpad]), in: arena)
  }
}
