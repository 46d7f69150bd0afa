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

/// Memory aligned to large pages, released with its owner.
final class Arena {
  let base: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int) {
    base = allocateLargePages(byteCount: byteCount)
    self.byteCount = byteCount
  }

  deinit { base.deallocate() }
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
