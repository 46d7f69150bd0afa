internal import Datasets
internal import Synchronization

/// The order of each epoch's pictures, drawn when it is first asked for.
final class EpochOrders: Sendable {
  private let count: Int
  private let seed: UInt64
  private let latest = Mutex<[(epoch: Int, order: [Int])]>([])

  init(count: Int, seed: UInt64) { (self.count, self.seed) = (count, seed) }

  func order(of epoch: Int) -> [Int] {
    latest.withLock { latest in
      if let known = latest.first(where: { $0.epoch == epoch }) { return known.order }
      var generator = SeededGenerator(seed: seed, for: "order", epoch)
      let order = generator.permutation(of: count)
      // At the turn of an epoch, threads are at work on both sides of it.
      latest = latest.suffix(3) + [(epoch, order)]
      return order
    }
  }
}
