import Boxes
import FoundationEssentials
import Testing

@testable import Datasets

private let bccdPath =
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
  .joined(separator: "/") + "/../shared/data/bccd"

/// The blood cells of [BCCD](https://github.com/Shenggan/BCCD_Dataset), a real data set of 364 photos.
///
/// It is not part of this package. Where it lies in `shared/data` beside the package, it is read.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "\(bccdPath)/Annotations")))
struct BCCDTests {
  @Test(
    "The splits have their images, one list of classes and one way of counting",
    arguments: zip(["train", "val", "trainval", "test", "all"], [205, 87, 292, 72, 364]))
  func splits(name: String, count: Int) throws {
    let read = try LabelledData(contentsOf: bccdPath, split: name)
    #expect(read.dataset.images.count == count)
    #expect(read.dataset.classes == ["Platelets", "RBC", "WBC"])
    #expect(read.convention == .oneBased)
    #expect(read.splits == ["test", "train", "trainval", "val"])
    #expect(read.dataset.images.allSatisfy { $0.width == 640 && $0.height == 480 })
    #expect(read.dataset.images.allSatisfy { $0.objects.allSatisfy(\.box.isProper) })
  }

  @Test("The two boxes without area are issues, and nothing else is")
  func issues() throws {
    let read = try LabelledData(contentsOf: bccdPath)
    #expect(
      read.issueTexts(in: bccdPath) == [
        "DATA/Annotations/BloodImage_00338.xml: object 13 (RBC): the box [504, 337, 504, 337] has "
          + "no area; the object is left out",
        "DATA/Annotations/BloodImage_00343.xml: object 4 (RBC): the box [181, 329, 181, 329] has "
          + "no area; the object is left out",
      ])

    #expect(read.classCounts.map(\.name) == ["Platelets", "RBC", "WBC"])
    #expect(read.classCounts.map(\.objects).reduce(0, +) == Self.objectCount - 2)
  }

  /// How often `<object>` stands in the files.
  private static var objectCount: Int {
    let folder = "\(bccdPath)/Annotations"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.reduce(0) { count, file in
      let text = try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      return count + (text?.components(separatedBy: "<object>").count ?? 1) - 1
    }
  }
}
