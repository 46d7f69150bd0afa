import FoundationEssentials
import Testing

@testable import Datasets

@Suite struct LabelledDataTests {
  private func refused(_ fill: (ObjectFixture) throws -> String, split: String? = nil) throws
    -> String
  {
    var text = ""
    try withFixture { data in
      let path = try fill(data)
      text = refusal(in: data.folder) { () throws(DatasetError) in
        try LabelledData(contentsOf: path, split: split)
      }
    }
    return text
  }

  private static let accepted =
    "is no labelled data that is read, expected a VOC folder "
    + "(Annotations/*.xml, JPEGImages), a COCO .json file or a folder with "
    + "annotations/*.json, found "

  @Test("What is no labelled data is refused with what is read and what is there")
  func refusals() throws {
    for (found, file, path) in [
      ("text", "a.txt", "a.txt"), ("an empty file", "empty", "empty"),
      ("x/, a.jpg", "x/y", ""),
      (
        "a folder 'Annotations' without .xml and .json files",
        "Annotations/a.txt", ""
      ),
      ("one in the folder 'VOC2007' below it", "VOC2007/Annotations/a.xml", ""),
      ("a single XML file, perhaps of a VOC folder", "Annotations/a.xml", "Annotations/a.xml"),
      ("a picture", "a.png", "a.png"),
    ] {
      let text = try refused { data in
        let content =
          switch file {
          case "empty": ""
          case "Annotations/a.xml": "\u{FEFF} <annotation/>"
          default: "text"
          }
        try data.write(content, to: file)
        if file == "x/y" { try data.write("", to: "a.jpg") }
        if file == "a.png" { try data.write(ObjectFixture.png(width: 1, height: 1), to: file) }
        return path.isEmpty ? data.folder : "\(data.folder)/\(path)"
      }
      let place = path.isEmpty ? "DATA" : "DATA/\(path)"
      #expect(text == "\(place): \(Self.accepted)\(found); name one of these")
    }
    #expect(
      try refused { "\($0.folder)/none" }
        == "DATA/none: cannot be read: no such file or directory")
    #expect(try refused { _ in "" } == ": cannot be read: not a name of a file or folder")
    #expect(try refused { _ in "/dev/null" }.hasSuffix("a pipe or device, not a file"))
  }

  @Test("A COCO file has no splits, a folder of several needs one to be named")
  func cocoSplits() throws {
    #expect(
      try refused(
        { data in
          try data.write("{}", to: "a.json")
          return "\(data.folder)/a.json"
        }, split: "val")
        == "DATA/a.json: has no split 'val', expected none; name one that exists")
    let fill = { (data: ObjectFixture) in
      try data.write("{}", to: "annotations/instances_train2017.json")
      try data.write("{}", to: "annotations/test.json")
      return data.folder
    }
    #expect(
      try refused(fill, split: "val")
        == "DATA: has no split 'val', expected one of test, train2017; name one that exists")
    #expect(
      try refused(fill)
        == "DATA: has several splits, expected one to be named, found test, train2017; "
        + "name one of them")
    #expect(try refused(fill, split: "train2017").hasPrefix("DATA/annotations/instances_train2017"))
  }

  @Test("A VOC folder without images or lists, and one with other names")
  func vocFolders() throws {
    try withFixture { data in
      let text = ObjectFixture.annotation([ObjectFixture.object("cat", 1, 1, 5, 5)])
      try data.write(text, to: "annotations/a.XML")
      #expect(
        refusal(in: data.folder) { () throws(DatasetError) in
          try LabelledData(contentsOf: data.folder)
        } == "DATA/JPEGImages: cannot be read: no such folder; name the folder of the images")
      #expect(
        refusal(in: data.folder) { () throws(DatasetError) in
          try LabelledData(contentsOf: data.folder, split: "train")
        } == "DATA: has no split 'train', expected one of all; name one that exists")
      #expect(
        refusal(in: data.folder) { () throws(DatasetError) in
          try LabelledData(contentsOf: data.folder, images: "\(data.folder)/none")
        } == "DATA/none: cannot be read: no such file or directory")
      try data.write(ObjectFixture.png(width: 40, height: 30), to: "images/a.Png")
      let read = try LabelledData(contentsOf: data.folder, split: "all")
      #expect(read.form == .voc)
      #expect(read.splits.isEmpty)
      #expect(read.dataset.images.map(\.path) == ["\(data.folder)/images/a.Png"])
      let other = try LabelledData(contentsOf: data.folder, images: "\(data.folder)/images")
      #expect(other.dataset == read.dataset)
    }
  }

  @Test("Pictures with damaged pixels pass the reading, are found by decoding and can be left out")
  func checkPictures() throws {
    try withFixture { data in
      for name in ["a", "b", "c"] {
        try data.add(name, [ObjectFixture.object("cat", 1, 1, 5, 5)])
      }
      let whole = ObjectFixture.png(width: 40, height: 30)
      try data.write(Array(whole.dropLast(20)), to: "JPEGImages/b.png")
      var read = try LabelledData(contentsOf: data.folder)
      #expect(read.issues.isEmpty)
      // Replaced by another since.
      try data.write(ObjectFixture.png(width: 4, height: 3), to: "JPEGImages/c.png")
      var done: [Int] = []
      let issues = read.dataset.checkPictures(threadCount: 2) { count in
        done.append(count)
        return true
      }
      #expect(done == [1, 2, 3])
      #expect(issues?.map(\.file) == ["b", "c"].map { "\(data.folder)/JPEGImages/\($0).png" })
      #expect(read.dataset.checkPictures(threadCount: 1) { $0 < 2 } == nil)
      try read.leaveOut(issues ?? [])
      #expect(read.dataset.images.map(\.name) == ["a"])
      #expect(read.issues == issues)
      let last = DatasetIssue(
        file: read.dataset.images[0].path, problem: .imageUnreadable(reason: "x"),
        remedy: .imageLeftOut)
      #expect(throws: DatasetError.self) { try read.leaveOut([last]) }
    }
  }
}
