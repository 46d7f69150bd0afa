import Boxes
import FoundationEssentials
import Testing

@testable import Datasets

@Suite struct VOCWriterTests {
  private static func image(_ name: String, _ objects: [AnnotatedObject]) -> AnnotatedImage {
    AnnotatedImage(
      name: name, path: "/x/\(name).png", width: 40, height: 30, objects: objects)
  }

  private static func object(
    _ x1: Float, _ y1: Float, _ x2: Float, _ y2: Float, label: Int = 0
  ) -> AnnotatedObject {
    AnnotatedObject(label: label, box: Box(x1: x1, y1: y1, x2: x2, y2: y2))
  }

  @Test("An annotation counts pixels from 1, the last one included")
  func text() throws {
    var object = Self.object(0, 4, 40, 20, label: 1)
    object.isCrowd = true
    let text = try VOCWriter.annotation(
      of: Self.image("a & b", [object]), classes: ["x", "<y>"])
    let lines = text.split(separator: "\n").map { $0.drop { $0 == "\t" } }
    #expect(
      lines == [
        "<annotation>", "<folder>JPEGImages</folder>", "<filename>a &amp; b.png</filename>",
        "<size>", "<width>40</width>", "<height>30</height>", "<depth>3</depth>", "</size>",
        "<segmented>0</segmented>", "<object>", "<name>&lt;y&gt;</name>",
        "<pose>Unspecified</pose>", "<truncated>0</truncated>", "<difficult>1</difficult>",
        "<bndbox>", "<xmin>1</xmin>", "<ymin>5</ymin>", "<xmax>40</xmax>", "<ymax>20</ymax>",
        "</bndbox>", "</object>", "</annotation>",
      ])
  }

  @Test("What is written reads back as it was")
  func roundTrip() throws {
    try withFixture { data in
      var flagged = Self.object(3, 4, 5, 6, label: 1)
      (flagged.isDifficult, flagged.isTruncated) = (true, true)
      let images = [
        Self.image("b", [Self.object(0, 0, 40, 30), flagged]), Self.image("a 1", []),
        Self.image("ü", [Self.object(1, 0, 39, 30, label: 1)]),
      ]
      var dataset = DetectionDataset(classes: ["Bär & <Kuh> 'x' \"y\"", "Emu"], images: images)
      for index in dataset.images.indices {
        let file = "JPEGImages/\(dataset.images[index].name).png"
        try data.write(ObjectFixture.png(width: 40, height: 30), to: file)
        dataset.images[index].path = "\(data.folder)/\(file)"
      }
      // What was there before is replaced.
      try data.write("old", to: "Annotations/b.xml")
      try VOCWriter(data.folder + "/").write(dataset, split: "train")
      var test = dataset
      test.images.removeFirst()
      try VOCWriter(data.folder).write(test, split: "test")
      let read = try LabelledData(contentsOf: data.folder, split: "train")
      #expect(read.dataset == dataset)
      #expect(read.issues.isEmpty)
      #expect(read.convention == .oneBased)
      #expect(try LabelledData(contentsOf: data.folder, split: "test").dataset == test)
      for folder in ["Annotations", "ImageSets/Main"] {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(data.folder)/\(folder)")
        #expect(!files.contains { $0.hasSuffix(".part") })
      }
    }
  }

  @Test("Edges are rounded to whole pixels within the image")
  func rounding() throws {
    let text = try VOCWriter.annotation(
      of: Self.image("a", [Self.object(-0.2, 1.4, 40.3, 7.6)]), classes: ["x"])
    let read = try VOCAnnotation(xml: Array(text.utf8), name: "a")
    #expect(read.objects[0].edges == ["1", "2", "40", "8"])
  }

  @Test("What VOC cannot say is refused before anything is written")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let target = "\(folder)/set"
      let good = Self.object(1, 1, 9, 9)
      for (images, classes, split) in [
        ([Self.image("a", [good])], ["x"], "no/split"), ([Self.image("a", [good])], ["x"], ""),
        ([Self.image("a", [good])], ["x"], " train"),
        ([Self.image("../a", [good])], ["x"], "train"),
        ([Self.image(".a", [good])], ["x"], "train"),
        ([Self.image("a\nb", [good])], ["x"], "train"),
        ([Self.image("a", [good]), Self.image("a", [])], ["x"], "train"),
        ([Self.image("a", [good])], ["x\u{1}"], "train"),
        ([Self.image("a", [good])], [""], "train"),
        ([Self.image("a", [good])], [" x"], "train"), ([], ["x"], "train"),
        ([Self.image("b", [good]), Self.image("a", [Self.object(3, 3, 4, 9)])], ["x"], "train"),
        ([Self.image("a", [Self.object(3, 3, 41, 9)])], ["x"], "train"),
        ([Self.image("a", [Self.object(9, 3, 3, 9)])], ["x"], "train"),
        ([Self.image("a", [Self.object(.nan, 3, 3, 9)])], ["x"], "train"),
        ([Self.image("a", [Self.object(1, 3, .infinity, 9)])], ["x"], "train"),
      ] {
        let text = refusal(in: folder) { () throws(DatasetError) in
          try VOCWriter(target).write(
            DetectionDataset(classes: classes, images: images), split: split)
        }
        #expect(text.contains(": cannot be written as VOC: "), "\(images) \(split)")
        #expect(!text.contains("\n"))
      }
      #expect(!FileManager.default.fileExists(atPath: target))
    }
  }

  @Test("A folder that cannot be made and a file that cannot be replaced are errors")
  func unwritable() throws {
    try withFixture { data in
      let dataset = DetectionDataset(
        classes: ["x"], images: [Self.image("a", [Self.object(1, 1, 9, 9)])])
      try data.write("a file", to: "file")
      try data.write("", to: "set/Annotations/a.xml/in the way")
      #expect(
        refusal(in: data.folder) { () throws(DatasetError) in
          try VOCWriter("\(data.folder)/file").write(dataset, split: "train")
        } == "DATA/file/Annotations: cannot be written: not a directory")
      #expect(
        refusal(in: data.folder) { () throws(DatasetError) in
          try VOCWriter("\(data.folder)/set").write(dataset, split: "train")
        } == "DATA/set/Annotations/a.xml: cannot be written: is a directory")
      let files = try FileManager.default.contentsOfDirectory(
        atPath: "\(data.folder)/set/Annotations")
      #expect(files == ["a.xml"])
    }
  }
}
