internal import Datasets
internal import Layers
internal import Tensors

/// Pictures as a network takes them, with what is on them.
struct LabelledBatch: Sendable {
  let images: Tensor
  let labels: [Int]
}

/// The batches of a run, made ahead of the steps.
final class ClassifierBatches {
  private struct LabelledPicture: Sendable {
    let input: Tensor
    let label: Int
  }

  private let pictures: Prefetcher<LabelledPicture>
  private let batch: Int

  private init(
    _ indices: Range<Int>, batch: Int, threadCount: Int,
    make: @escaping @Sendable (Int) throws -> LabelledPicture
  ) {
    self.batch = batch
    pictures = Prefetcher(
      indices, threadCount: threadCount, capacity: max(2 * batch, threadCount), make: make)
  }

  /// The batches to train on: in an order that each epoch draws anew, cropped at random.
  ///
  /// - Parameters:
  ///   - folder: The data.
  ///   - epochs: How they are cut into steps.
  ///   - step: The first step that a batch is wanted for.
  ///   - crop: How to crop.
  ///   - preprocessing: The network's.
  ///   - seed: Chooses orders and crops.
  ///   - threadCount: How many pictures are made at a time.
  /// - Returns: The batches, one for each step from there on.
  static func training(
    on folder: ImageFolder, epochs: Epochs, from step: Int, crop: RandomCrop,
    preprocessing: Preprocessing, seed: UInt64, threadCount: Int
  ) -> ClassifierBatches {
    let orders = EpochOrders(count: folder.training.count, seed: seed)
    let first = min(step * epochs.batch, epochs.pictureCount)
    return ClassifierBatches(
      first..<epochs.pictureCount, batch: epochs.batch, threadCount: threadCount
    ) { picture in
      let (epoch, position) = epochs.place(of: picture)
      let index = orders.order(of: epoch)[position]
      let example = folder.training[index]
      var generator = SeededGenerator(seed: seed, for: "crop", epoch, index)
      let square = crop(try Image(contentsOf: folder.path(of: example)), using: &generator)
      return LabelledPicture(input: preprocessing.tensor(square), label: example.label)
    }
  }

  /// The batches to measure with: the middle of each picture; the last batch may be smaller.
  static func validation(
    on folder: ImageFolder, batch: Int, preprocessing: Preprocessing, threadCount: Int
  ) -> ClassifierBatches {
    let examples = folder.validation
    return ClassifierBatches(examples.indices, batch: batch, threadCount: threadCount) { index in
      let image = try Image(contentsOf: folder.path(of: examples[index]))
      let square = image.imageNetCrop(side: preprocessing.imageSide)
      return LabelledPicture(input: preprocessing.tensor(square), label: examples[index].label)
    }
  }

  /// Waits for the next batch; nil after the last.
  ///
  /// - Throws: `ImageError` if a picture cannot be read.
  func next() throws -> LabelledBatch? {
    var parts: [LabelledPicture] = []
    while parts.count < batch, let picture = try pictures.next() { parts.append(picture) }
    guard let first = parts.first else { return nil }
    let images = Tensor(shape: [parts.count] + first.input.shape.dropFirst()) { bytes in
      let size = first.input.byteCount
      for (index, part) in parts.enumerated() {
        part.input.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: bytes[(index * size)...]).copyMemory(
            from: source)
        }
      }
    }
    return LabelledBatch(images: images, labels: parts.map(\.label))
  }
}

extension Preprocessing {
  fileprivate func tensor(_ image: Image) -> Tensor {
    tensor(pixels: image.pixels, height: image.height, width: image.width)
  }
}
