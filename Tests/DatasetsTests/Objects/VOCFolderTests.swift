import Boxes
import Testing

@testable import Datasets

@Suite struct VOCFolderTests {
  typealias Fixture = ObjectFixture

  @Test("Boxes count from 1 with the last pixel included, as VOC defines it")
  func oneBased() throws {
    try withFixture { data in
      try data.add(
        "a", [Fixture.object("cat", 1, 1, 40, 30), Fixture.object("cat", 11, 6, 20, 15)])
      let read = try LabelledData(contentsOf: data.folder)
      #expect(read.convention == .oneBased)
      #expect(read.conventionEvidence == nil)
      #expect(read.issues.isEmpty)
      #expect(
        read.dataset.images[0].objects.map(\.box)
          == [Box(x1: 0, y1: 0, x2: 40, y2: 30), Box(x1: 10, y1: 5, x2: 20, y2: 15)])
    }
  }

  @Test("One 0 anywhere in the set, in another split too, makes all boxes edges from 0")
  func zeroBased() throws {
    try withFixture { data in
      try data.add("a", [Fixture.object("cat", 10, 5, 20, 15)])
      try data.add("b", [Fixture.object("cat", 4, 0, 20, 15)])
      try data.list("train", ["a"])
      try data.list("test", ["b"])
      let read = try LabelledData(contentsOf: data.folder, split: "train")
      #expect(read.convention == .zeroBased)
      #expect(
        read.conventionEvidence == "\(data.folder)/Annotations/b.xml: object 1: ymin is 0")
      #expect(read.dataset.images[0].objects[0].box == Box(x1: 10, y1: 5, x2: 20, y2: 15))
      let told = try LabelledData(
        contentsOf: data.folder, split: "train", coordinates: .oneBased)
      #expect(told.convention == .oneBased)
      #expect(told.dataset.images[0].objects[0].box == Box(x1: 9, y1: 4, x2: 20, y2: 15))
    }
  }

  @Test("A box of zeros and a negative number say nothing of where counting starts")
  func noEvidence() throws {
    try withFixture { data in
      try data.add(
        "a",
        [
          Fixture.object("cat", 0, 0, 0, 0), Fixture.object("cat", -3, 5, 20, 15),
          Fixture.object("cat", ["1.5", "2.25", "20.5", "9"]),
        ])
      let read = try LabelledData(contentsOf: data.folder)
      #expect(read.convention == .oneBased)
      #expect(
        read.dataset.images[0].objects.map(\.box)
          == [Box(x1: 0, y1: 4, x2: 20, y2: 15), Box(x1: 0.5, y1: 1.25, x2: 20.5, y2: 9)])
      #expect(
        read.issueTexts(in: data.folder) == [
          "DATA/Annotations/a.xml: object 1 (cat): the box [0, 0, 0, 0] has no area; "
            + "the object is left out",
          "DATA/Annotations/a.xml: object 2 (cat): the box [-3, 5, 20, 15] reaches out of the "
            + "image, which has 40×30 pixels; the box is clipped",
        ])
    }
  }

  @Test("A list has its order, blank lines, Windows line ends and VOC's second column")
  func lists() throws {
    try withFixture { data in
      for name in ["a", "b c", "d 1", "e"] {
        try data.add(name, [Fixture.object("cat", 1, 1, 5, 5)])
      }
      try data.write("\u{FEFF}e\r\n\r\n  b c \r\na\r\n", to: "ImageSets/Main/train.txt")
      try data.write("a  1\nb c -1\nd 1\ne.png\n\n", to: "ImageSets/Main/cat_train.txt")
      let folder = try VOCFolder(data.folder + "/")
      #expect(folder.splits == ["cat_train", "train"])
      #expect(try folder.names(of: "train") == ["e", "b c", "a"])
      #expect(try folder.names(of: "cat_train") == ["a", "b c", "d 1", "e"])
      #expect(try folder.names(of: "all") == ["a", "b c", "d 1", "e"])
      let read = try folder.load(split: "train")
      #expect(read.dataset.images.map(\.name) == ["e", "b c", "a"])
      #expect(read.dataset.images[1].path == "\(data.folder)/JPEGImages/b c.png")
      #expect(read.splits == ["cat_train", "train"])
    }
  }

  @Test("A list that repeats names, has none or does not exist is refused with what there is")
  func badLists() throws {
    try withFixture { data in
      try data.add("a", [Fixture.object("cat", 1, 1, 5, 5)])
      try data.add("b", [])
      try data.list("train", ["a", "b", "a", "b", "a"])
      try data.list("empty", ["", " "])
      try data.write([0xFF, 0xFE, 0x00, 0xD8], to: "ImageSets/Main/binary.txt")
      let folder = try VOCFolder(data.folder)
      let lists = "DATA/ImageSets/Main"
      #expect(
        refusal(in: data.folder) { () throws(DatasetError) in try folder.load(split: "train") }
          .hasPrefix("\(lists)/train.txt: names images more than once, found a, b repeated; "))
      #expect(
        refusal(in: data.folder) { () throws(DatasetError) in try folder.names(of: "empty") }
          == "\(lists)/empty.txt: names no image, expected one a line; "
          + "fill it or name another split")
      #expect(
        refusal(in: data.folder) { () throws(DatasetError) in try folder.names(of: "binary") }
          .hasPrefix("\(lists)/binary.txt: cannot be understood, expected a list of names"))
      for name in ["vall", "../train", ""] {
        #expect(
          refusal(in: data.folder) { () throws(DatasetError) in try folder.names(of: name) }
            == "DATA: has no split '\(name)', expected one of binary, empty, train, all; "
            + "name one that exists")
      }
    }
  }

  @Test("Classes are those of all splits, sorted, so that train and test agree")
  func classes() throws {
    try withFixture { data in
      try data.add("a", [Fixture.object("cat", 1, 1, 5, 5)])
      try data.add("b", [Fixture.object("ant", 1, 1, 5, 5), Fixture.object("dog", 2, 2, 5, 5)])
      // In no list, so it has no say.
      try data.add("c", [Fixture.object("zebra", 1, 1, 5, 5)])
      try data.write("no XML", to: "Annotations/stray.xml")
      try data.list("train", ["a"])
      try data.list("test", ["b"])
      let train = try LabelledData(contentsOf: data.folder, split: "train")
      #expect(train.dataset.classes == ["ant", "cat", "dog"])
      #expect(train.dataset.images[0].objects.map(\.label) == [1])
      let test = try LabelledData(contentsOf: data.folder, split: "test")
      #expect(test.dataset.classes == ["ant", "cat", "dog"])
      #expect(
        test.classCounts.map { "\($0.name) \($0.objects) \($0.images)" }
          == ["ant 1 1", "cat 0 0", "dog 1 1"])
    }
  }

  @Test("Classes that were asked for keep their order, and others' objects are reported")
  func givenClasses() throws {
    try withFixture { data in
      try data.add("a", [Fixture.object("cat", 1, 1, 5, 5), Fixture.object("dog", 2, 2, 5, 5)])
      try data.add("b", [Fixture.object("cat", 1, 1, 5, 5)])
      let read = try LabelledData(contentsOf: data.folder, classes: ["emu", "dog"])
      #expect(read.dataset.classes == ["emu", "dog"])
      // An image without objects of those classes is background.
      #expect(read.dataset.images.map { $0.objects.map(\.label) } == [[1], []])
      #expect(
        read.issueTexts(in: data.folder) == [
          "DATA/Annotations/a.xml: object 1 (cat): its class is not among those asked for; "
            + "the object is left out",
          "DATA/Annotations/b.xml: object 1 (cat): its class is not among those asked for; "
            + "the object is left out",
        ])
      for classes in [[], ["cat", ""], ["cat", "dog", "cat"]] {
        #expect(throws: DatasetError.self) {
          try LabelledData(contentsOf: data.folder, classes: classes)
        }
      }
      let nothing = refusal(in: data.folder) { () throws(DatasetError) in
        try LabelledData(contentsOf: data.folder, classes: ["yak"])
      }
      #expect(
        nothing.hasPrefix(
          "DATA: no object is left, expected at least one, found 3 issues, first: DATA/Annotations"
        ))
    }
  }

  @Test("Flags are read, parts of objects and the file name in the annotation are not")
  func flagsAndParts() throws {
    try withFixture { data in
      let part =
        "<part><name>head</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>2</xmax>"
        + "<ymax>2</ymax></bndbox></part>"
      try data.add(
        "a",
        [
          Fixture.object(
            " person ", 1, 2, 9, 9,
            more: "\(part)<difficult> 1 </difficult><truncated>1</truncated>"),
          Fixture.object("person", 1, 2, 9, 9, more: "<difficult>0</difficult>\(part)"),
          Fixture.object("person", 1, 2, 9, 9, more: "<difficult>maybe</difficult>"),
        ])
      let read = try LabelledData(contentsOf: data.folder)
      let objects = read.dataset.images[0].objects
      #expect(read.dataset.classes == ["person"])
      #expect(read.convention == .oneBased)
      #expect(objects.map(\.isDifficult) == [true, false, false])
      #expect(objects.map(\.isTruncated) == [true, false, false])
      #expect(objects[0].box == Box(x1: 0, y1: 1, x2: 9, y2: 9))
      #expect(
        read.issueTexts(in: data.folder) == [
          "DATA/Annotations/a.xml: object 3 (person): difficult is 'maybe', expected a number; "
            + "it is taken as 0"
        ])
      #expect(read.classCounts.map(\.difficult) == [1])
    }
  }

  @Test("Every flaw of an object is an issue with its file, number and class")
  func objectIssues() throws {
    try withFixture { data in
      try data.add(
        "a",
        [
          Fixture.object("cat", 7, 7, 7, 20), Fixture.object("cat", 20, 9, 10, 19),
          Fixture.object("cat", 50, 1, 60, 9), Fixture.object("cat", 31, 21, 50, 40),
          Fixture.object("cat", ["nan", "1", "5", "5"]),
          Fixture.object("cat", ["1", "1", "1e999", "5"]), Fixture.object("cat", ["1", "", "5"]),
          Fixture.object("cat", ["1", "1", "5"]), Fixture.object("", 1, 1, 5, 5),
          "<object><bndbox/></object>", "<object><name>cat</name></object>",
          Fixture.object("cat", ["1", "1", "1e300", "5"]),
        ])
      let read = try LabelledData(contentsOf: data.folder)
      let out = "the object is left out"
      let expected = [
        "1 (cat): the box [7, 7, 7, 20] has no area; \(out)",
        "2 (cat): the box [20, 9, 10, 19] has no area; \(out)",
        "3 (cat): the box [50, 1, 60, 9] lies outside of the image, which has 40×30 pixels; \(out)",
        "4 (cat): the box [31, 21, 50, 40] reaches out of the image, which has 40×30 pixels; "
          + "the box is clipped",
        "5 (cat): bndbox/xmin is 'nan', expected a number; \(out)",
        "6 (cat): bndbox/xmax is '1e999', expected a number; \(out)",
        "7 (cat): bndbox/ymin is '', expected a number; \(out)",
        "8 (cat): bndbox/ymax is missing; \(out)",
        "9: name is missing; \(out)",
        "10: name is missing; \(out)",
        "11 (cat): bndbox/xmin is missing; \(out)",
        "12 (cat): the box [1, 1, 1e+300, 5] reaches out of the image, which has 40×30 pixels; "
          + "the box is clipped",
      ]
      #expect(
        read.issueTexts(in: data.folder) == expected.map { "DATA/Annotations/a.xml: object \($0)" })
      #expect(
        read.dataset.images[0].objects.map(\.box)
          == [Box(x1: 30, y1: 20, x2: 40, y2: 30), Box(x1: 0, y1: 0, x2: 40, y2: 5)])
    }
  }

  @Test("Every flaw of an image is an issue, and the file's own size counts")
  func imageIssues() throws {
    try withFixture { data in
      let cat = Fixture.object("cat", 1, 1, 30, 30)
      try data.add("size", [cat], size: (400, 300))
      try data.add("nosize", [cat], size: nil, ending: "PNG")
      try data.write(Fixture.annotation([cat]), to: "Annotations/lost.xml")
      try data.write(Fixture.annotation([cat]), to: "Annotations/text.xml")
      try data.write("no picture", to: "JPEGImages/text.jpg")
      try data.add("twice", [cat])
      try data.write(Fixture.png(width: 40, height: 30), to: "JPEGImages/twice.JPG")
      // Stored lying on a side, seen as 30×40; annotated by a program that does not know.
      try data.add("turned", [cat])
      try data.write(
        Fixture.png(width: 40, height: 30, orientation: 6), to: "JPEGImages/turned.png")
      try data.list("train", ["size", "nosize", "lost", "text", "twice", "turned", "none"])
      let read = try LabelledData(contentsOf: data.folder, split: "train")
      #expect(read.dataset.images.map(\.name) == ["size", "nosize", "twice", "turned"])
      #expect(read.dataset.images.map(\.width) == [40, 40, 40, 30])
      #expect(read.dataset.images.map(\.height) == [30, 30, 30, 40])
      #expect(read.dataset.images[2].path == "\(data.folder)/JPEGImages/twice.JPG")
      #expect(
        read.issueTexts(in: data.folder) == [
          "DATA/Annotations/size.xml: the image has 40×30 pixels, the annotation says 400×300; "
            + "the file's size is taken",
          "DATA/Annotations/lost.xml: there is no image 'lost' in DATA/JPEGImages; "
            + "the image is left out",
          "DATA/Annotations/text.xml: its image is not readable: DATA/JPEGImages/text.jpg: not a "
            + "picture of a kind that is read, expected a JPEG or PNG file, found text; convert it "
            + "to one of the two; the image is left out",
          "DATA/Annotations/twice.xml: there are several images of that name: twice.JPG, "
            + "twice.png; the first is taken",
          "DATA/Annotations/turned.xml: the image has 30×40 pixels, the annotation says 40×30 as "
            + "the photo is stored, before its EXIF orientation turns it; boxes that were drawn on "
            + "the stored pixels are wrong; the file's size is taken",
          "DATA/Annotations/none.xml: there is no annotation of that name; the image is left out",
        ])
    }
  }

  @Test("A set without a usable image is an error that says why")
  func nothingLeft() throws {
    try withFixture { data in
      try data.add("a", [Fixture.object("cat", 1, 1, 5, 5)])
      try data.write("no picture", to: "JPEGImages/a.png")
      let text = refusal(in: data.folder) { () throws(DatasetError) in
        try LabelledData(contentsOf: data.folder)
      }
      #expect(
        text.hasPrefix("DATA: no image is left, expected at least one, found 1 issue, first:"))
      #expect(!text.contains("\n"))
      try data.write("<annotation/>", to: "Annotations/a.xml")
      #expect(throws: DatasetError.self) { try LabelledData(contentsOf: data.folder) }
    }
  }
}
