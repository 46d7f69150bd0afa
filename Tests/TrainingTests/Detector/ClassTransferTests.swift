import Tensors
import Testing

@testable import Training

@Suite struct ClassTransferTests {
  /// Two features; the column of a class is told by its digit, the row by the ten.
  private func predictors(_ classes: Int, offset: Float) -> Parameters {
    func numbers(rows: Int, columns: Int) -> [Float] {
      (0..<rows * columns).map { offset + Float($0 / columns * 100 + $0 % columns) }
    }
    var parameters = Parameters()
    for (layer, columns) in [("class_logits", classes + 1), ("box_deltas", 4 * classes)] {
      parameters["\(layer)/kernel"] = Tensor(
        shape: [2, columns], values: numbers(rows: 2, columns: columns))
      parameters["\(layer)/bias"] = Tensor(
        shape: [columns], values: numbers(rows: 1, columns: columns))
    }
    return parameters
  }

  /// Carries rows over from 0, 1, … to -1000, -999, ….
  private func carried(
    _ transfer: ClassTransfer, from old: Int, to new: Int
  ) throws -> [String: [Float]] {
    var parameters = predictors(new, offset: -1000)
    transfer.carryOver(predictors(old, offset: 0), into: &parameters)
    return parameters.reduce(into: [:]) { $0[$1.name] = $1.tensor.floats }
  }

  private func pairs(_ transfer: ClassTransfer) -> [String] {
    transfer.carried.map { "\($0.name) \($0.old) \($0.new)" }
  }

  @Test("Two classes become three: their rows and the background's go along, the new one's stay")
  func growing() throws {
    let transfer = try ClassTransfer(from: ["cat", "dog"], to: ["dog", "bird", "cat"])
    #expect(pairs(transfer) == ["dog 1 0", "cat 0 2"])
    #expect(transfer.fresh == ["bird"] && transfer.dropped.isEmpty)
    #expect(transfer.text == "carried over: dog, cat; new: bird")
    let rows = try carried(transfer, from: 2, to: 3)
    #expect(rows["class_logits/bias"] == [0, 2, -998, 1])
    #expect(rows["class_logits/kernel"] == [0, 2, -998, 1, 100, 102, -898, 101])
    #expect(rows["box_deltas/bias"] == [4, 5, 6, 7, -996, -995, -994, -993, 0, 1, 2, 3])
    #expect(
      rows["box_deltas/kernel"] == [
        4, 5, 6, 7, -996, -995, -994, -993, 0, 1, 2, 3,
        104, 105, 106, 107, -896, -895, -894, -893, 100, 101, 102, 103,
      ])
  }

  @Test("Three classes become one")
  func shrinking() throws {
    let transfer = try ClassTransfer(from: ["cat", "dog", "bird"], to: ["dog"])
    #expect(pairs(transfer) == ["dog 1 0"] && transfer.fresh.isEmpty)
    #expect(transfer.dropped == ["cat", "bird"])
    #expect(transfer.text == "carried over: dog; no longer there: cat, bird")
    let rows = try carried(transfer, from: 3, to: 1)
    #expect(rows["class_logits/bias"] == [0, 2])
    #expect(rows["box_deltas/bias"] == [4, 5, 6, 7])
    #expect(rows["class_logits/kernel"] == [0, 2, 100, 102])
  }

  @Test("A class under a new name keeps its rows; two may change names")
  func remapping() throws {
    let renamed = try ClassTransfer(
      from: ["cat", "dog"], to: ["dog", "feline"], remap: ["cat=feline"])
    #expect(pairs(renamed) == ["dog 1 0", "feline 0 1"])
    #expect(renamed.fresh.isEmpty && renamed.dropped.isEmpty)
    #expect(try carried(renamed, from: 2, to: 2)["class_logits/bias"] == [0, 2, 1])

    let swapped = try ClassTransfer(
      from: ["cat", "dog"], to: ["cat", "dog"], remap: ["cat=dog", "dog=cat"])
    #expect(pairs(swapped) == ["cat 1 0", "dog 0 1"])
    #expect(try carried(swapped, from: 2, to: 2)["class_logits/bias"] == [0, 2, 1])
  }

  @Test("Where no class is the same, nothing is carried over, the background neither")
  func nothing() throws {
    let transfer = try ClassTransfer(from: ["cat"], to: ["car"])
    #expect(transfer.carried.isEmpty && transfer.fresh == ["car"] && transfer.dropped == ["cat"])
    #expect(transfer.text == "new: car; no longer there: cat")
    #expect(try carried(transfer, from: 1, to: 1)["class_logits/bias"] == [-1000, -999])
  }

  @Test(
    "New names that make no sense are refused",
    arguments: [
      (["bat=cat"], "setting remap: expected old=new with old among cat, dog, found bat=cat"),
      (["cat=bat"], "setting remap: expected old=new with new among dog, feline, found cat=bat"),
      (["cat"], "setting remap: expected old=new with old among cat, dog, found cat"),
      (["=dog"], "setting remap: expected old=new with old among cat, dog, found =dog"),
      (
        ["cat=dog"],
        "setting remap: expected a name of its own for each class of the checkpoint, found dog, dog"
      ),
      (
        ["cat=feline", "cat=dog"],
        "setting remap: expected one new name for each class, found cat=dog"
      ),
    ])
  func refusals(remap: [String], text: String) throws {
    let error = try #require(throws: TrainingError.self) {
      _ = try ClassTransfer(from: ["cat", "dog"], to: ["dog", "feline"], remap: remap)
    }
    #expect(error.description == text)
  }
}
