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

  /// Points the steps, and the others that read what they leave, at an arena.
  ///
  /// - Parameters:
  ///   - outputs: The other steps.
  ///   - other: An arena to take if it is large enough.
  func layOutMemory(outputs: [PlanStep], reusing other: Arena? = nil) -> Arena {
    let all = steps + outputs
    let scratchpad = ArenaLayout.Lifetime(
      byteCount: all.map(\.scratchpadByteCount).max() ?? 0, steps: 0...steps.count)
    let layout = ArenaLayout(buffers + [scratchpad])
    let arena =
      other.flatMap { $0.byteCount >= layout.byteCount ? $0 : nil }
      ?? Arena(byteCount: layout.byteCount)
    let addresses = layout.offsets.map { arena.base + $0 }
    for step in all { step.bind(buffers: addresses, scratchpad: addresses[addresses.count - 1]) }
    return arena
  }
}
