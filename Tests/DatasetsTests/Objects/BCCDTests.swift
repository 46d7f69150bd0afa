import Boxes
import FoundationEssentials
import Testing

@testable import Datasets

private let bccdPath =
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
  .joined(separator: "/") + "/../shared/data/bccd"

/// The blood cells of [BCCD](https://github.com/Shenggan/BCCD_Dataset), a real data set of 364
/// photos.
///
/// It is not part of this package. Where it lies in `shared/data` beside the package, it is read.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "\(bccdPath)/Annotations")))
struct BCCDTests {
  @Test("The splits have their images")
  func splits() throws {
    let folder = try VOCFolder(bccdPath)
    #expect(folder.splits == ["test", "train", "trainval", "val"])
    #expect(try folder.splits.map { try folder.names(of: $0).count } == [72, 205, 292, 87])
  }

  @Test("A split has the classes and the counting of the whole")
  func split() throws {
    let read = try LabelledData(contentsOf: bccdPath, split: "test")
    #expect(read.dataset.images.count == 72)
    #expect(read.dataset.classes == ["Platelets", "RBC", "WBC"])
    #expect(read.convention == .oneBased)
    #expect(read.dataset.images.allSatisfy { $0.width == 640 && $0.height == 480 })
    #expect(read.dataset.images.allSatisfy { $0.objects.allSatisfy(\.box.isProper) })
  }

  @Test("The two boxes without area are issues, and nothing else is")
  func issues() throws {
    let read = try LabelledData(contentsOf: bccdPath)
    #expect(read.dataset.images.count == 364)
    #expect(
      read.issueTexts(in: bccdPath) == [
        "DATA/Annotations/BloodImage_00338.xml: object 13 (RBC): the box [504, 337, 504, 337] has "
          + "no area; the object is left out",
        "DATA/Annotations/BloodImage_00343.xml: object 4 (RBC): the box [181, 329, 181, 329] has "
          + "no area; the object is left out",
      ])
    // Counted with grep: 361, 4155 and 372 names, of which two are the boxes above.
    #expect(
      read.classCounts.map { "\($0.name) \($0.objects)" }
        == ["Platelets 361", "RBC 4153", "WBC 372"])
    // Summed over the files with Python's ElementTree, 1 taken off `xmin` and `ymin`.
    let objects = read.dataset.images.flatMap(\.objects)
    let sums = [\Box.x1, \.y1, \.x2, \.y2].map { edge in
      objects.reduce(0) { $0 + Int($1.box[keyPath: edge]) }
    }
    #expect(sums == [1_305_818, 919_062, 1_831_789, 1_420_695])
    #expect(objects.count(where: \.isTruncated) == 1131)
  }
}
