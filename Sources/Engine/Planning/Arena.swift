internal import Glibc

/// One block of memory for values that are not all needed at the same time.
struct ArenaLayout {
  /// When a value is needed, by number of step: from the one that writes it to the last that reads.
  struct Lifetime {
    let byteCount: Int
    let steps: ClosedRange<Int>
  }

  /// Where each value begins, in bytes.
  let offsets: [Int]
  let byteCount: Int

  /// Gives the largest values their places first, each the lowest that no value of an overlapping
  /// lifetime holds.
  init(_ lifetimes: [Lifetime]) {
    // Primitives read and write whole vectors; a page keeps neighbours from sharing cache lines.
    let alignment = 4096
    var offsets = [Int](repeating: 0, count: lifetimes.count)
    var placed: [(range: Range<Int>, steps: ClosedRange<Int>)] = []
    let order = lifetimes.indices.sorted {
      (-lifetimes[$0].byteCount, $0) < (-lifetimes[$1].byteCount, $1)
    }
    for index in order {
      let value = lifetimes[index]
      let size = (value.byteCount + alignment - 1) / alignment * alignment
      var offset = 0
      for other in placed where other.steps.overlaps(value.steps) {
        if offset + size <= other.range.lowerBound { break }
        offset = max(offset, other.range.upperBound)
      }
      offsets[index] = offset
      placed.append((offset..<offset + size, value.steps))
      placed.sort { $0.range.lowerBound < $1.range.lowerBound }
    }
    self.offsets = offsets
    byteCount = placed.map(\.range.upperBound).max() ?? 0
  }
}

/// Memory that all plans of a network run in, one at a time.
///
/// Used on the compute thread only.
final class Arena {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var byteCount = 0
  /// Whose values it holds, if somebody is to read them again.
  weak var holder: AnyObject?

  init() { base = allocateLargePages(byteCount: 0) }

  /// Makes room; the values it held are lost, and what points at it has to be bound anew.
  func grow(to byteCount: Int) {
    guard byteCount > self.byteCount else { return }
    // Released first: at no time are there both.
    base.deallocate()
    base = allocateLargePages(byteCount: byteCount)
    (self.byteCount, holder) = (byteCount, nil)
  }

  deinit { base.deallocate() }
}

/// Steps with the places of their buffers in an arena, which may move.
final class ArenaPlacement {
  private let steps: [PlanStep]
  private let layout: ArenaLayout
  private let arena: Arena
  private var boundBase: UnsafeMutableRawPointer?

  /// - Parameters:
  ///   - steps: All that use the buffers.
  ///   - layout: A place for each buffer, and after them one for the primitives' own work.
  ///   - arena: The memory.
  init(_ steps: [PlanStep], layout: ArenaLayout, in arena: Arena) {
    (self.steps, self.layout, self.arena) = (steps, layout, arena)
    arena.grow(to: layout.byteCount)
  }

  /// How much of the arena the steps use, in bytes.
  var byteCount: Int { layout.byteCount }

  /// Points the steps at the arena where it is now.
  func bind() {
    guard boundBase != arena.base else { return }
    boundBase = arena.base
    let addresses = layout.offsets.map { arena.base + $0 }
    for step in steps { step.bind(buffers: addresses, scratchpad: addresses[addresses.count - 1]) }
  }
}

/// Memory in large pages as far as there are whole ones.
///
/// A step reads and writes megabytes from end to end: in 4 KiB pages a good part of its time goes into
/// looking up addresses. The system may refuse large ones, and then nothing is lost.
func allocateLargePages(byteCount: Int) -> UnsafeMutableRawPointer {
  let largePage = 1 << 21
  let base = UnsafeMutableRawPointer.allocate(
    byteCount: max(byteCount, 1), alignment: byteCount < largePage ? 64 : largePage)
  madvise(base, byteCount / largePage * largePage, MADV_HUGEPAGE)
  return base
}
