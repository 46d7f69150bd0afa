import Datasets
import Layers
import Tensors
import Testing

@testable import Training

@Suite struct ClassifierBatchesTests {
  private func batches(
    of data: ImageFolder, from step: Int = 0, threadCount: Int = 2, seed: UInt64 = 1
  ) throws -> [LabelledBatch] {
    let epochs = Epochs(exampleCount: data.training.count, batch: 4, count: 2)
    let batches = ClassifierBatches.training(
      on: data, epochs: epochs, from: step, crop: RandomCrop(side: 8),
      preprocessing: .signed(imageSide: 8), seed: seed, threadCount: threadCount)
    var all: [LabelledBatch] = []
    while let batch = try batches.next() { all.append(batch) }
    return all
  }

  private func withData(_ body: (ImageFolder) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try writePictures(to: folder.path, count: 5)
    try body(try ImageFolder(folder.path, validationShare: 0, seed: 1))
  }

  @Test("Batches do not depend on threads or on the step that a run goes on from")
  func invariance() throws {
    try withData { data in
      let all = try batches(of: data)
      #expect(all.count == 8)
      #expect(all.allSatisfy { $0.images.shape == [4, 8, 8, 3] && $0.labels.count == 4 })
      for threadCount in [1, 5] {
        let others = try batches(of: data, threadCount: threadCount)
        #expect(others.map(\.images.floats) == all.map(\.images.floats))
        #expect(others.map(\.labels) == all.map(\.labels))
      }
      for step in [3, 7, 8] {
        let tail = try batches(of: data, from: step)
        #expect(tail.map(\.images.floats) == all[step...].map(\.images.floats))
      }
      #expect(try batches(of: data, seed: 2).map(\.labels) != all.map(\.labels))
    }
  }

  @Test("Every picture is seen once an epoch, in another order and another crop each time")
  func epochs() throws {
    try withData { data in
      let labels = try batches(of: data).flatMap(\.labels)
      let (first, second) = (labels[..<15], labels[15..<30])
      #expect(first.sorted() == data.training.map(\.label))
      #expect(second.sorted() == first.sorted() && Array(second) != Array(first))
      let pictures = try batches(of: data).flatMap { batch in
        let values = batch.images.floats
        return (0..<4).map { Array(values[($0 * 192)..<(($0 + 1) * 192)]) }
      }
      #expect(Set(pictures).count == pictures.count)
    }
  }

  @Test("The pictures to measure with come in order, the last batch smaller, uncropped")
  func validation() throws {
    let folder = try TemporaryFolder()
    try writePictures(to: folder.path, count: 5)
    let data = try ImageFolder(folder.path, validationShare: 0.4, seed: 1)
    let batches = ClassifierBatches.validation(
      data, batch: 4, preprocessing: .signed(imageSide: 8))
    let (first, second) = (try #require(try batches.next()), try #require(try batches.next()))
    #expect(try batches.next() == nil)
    #expect(first.labels + second.labels == [0, 0, 1, 1, 2, 2])
    let image = try Image(contentsOf: data.path(of: data.validation[5])).imageNetCrop(side: 8)
    let expected = Preprocessing.signed(imageSide: 8).tensor(
      pixels: image.pixels, height: 8, width: 8)
    #expect(Array(second.images.floats[192...]) == expected.floats)
  }

  @Test("Steps and epochs fit together, whether or not the batch divides the pictures")
  func epochArithmetic() {
    let uneven = Epochs(exampleCount: 10, batch: 4, count: 3)
    #expect(uneven.stepCount == 8)
    #expect((0...8).map(uneven.completed) == [0, 0, 0, 1, 1, 2, 2, 2, 3])
    let even = Epochs(exampleCount: 8, batch: 4, count: 2)
    #expect((0...4).map(even.completed) == [0, 0, 1, 1, 2])
    let small = Epochs(exampleCount: 3, batch: 8, count: 4)
    #expect((0...2).map(small.completed) == [0, 2, 4])
    #expect(small.place(of: 7) == (epoch: 2, position: 1))
  }
}

extension ClassifierBatches {
  fileprivate static func validation(
    _ data: ImageFolder, batch: Int, preprocessing: Preprocessing
  ) -> ClassifierBatches {
    validation(on: data, batch: batch, preprocessing: preprocessing, threadCount: 2)
  }
}
