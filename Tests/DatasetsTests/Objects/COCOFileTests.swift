import Boxes
import Testing

@testable import Datasets

@Suite struct COCOFileTests {
  private static let images = #"{"id": 7, "file_name": "a.png", "width": 40, "height": 30}"#
  private static let categories = #"{"id": 90, "name": "emu"}, {"id": 3, "name": "cat"}"#

  private static func json(
    images: String = images, annotations: String = "", categories: String = categories
  ) -> String {
    #"{"info": {"year": 2017}, "images": [\#(images)], "annotations": [\#(annotations)], "#
      + #""categories": [\#(categories)]}"#
  }

  private static func annotation(
    id: Int = 1, image: Int = 7, category: Int = 3, box: String = "[1, 2, 3, 4]", more: String = ""
  ) -> String {
    #"{"id": \#(id), "image_id": \#(image), "category_id": \#(category), "bbox": \#(box)\#(more)}"#
  }

  private func refused(_ json: String) -> String {
    refusal(in: "/none") { () throws(DatasetError) in
      try COCOFile(json: Array(json.utf8), path: "a.json")
    }
  }

  private func load(
    _ annotations: [String], classes: [String]? = nil,
    coordinates: CoordinateConvention = .automatic,
    _ body: (LabelledData, String) throws -> Void
  ) throws {
    try withFixture { data in
      try data.write(ObjectFixture.png(width: 40, height: 30), to: "a.png")
      try data.write(
        Self.json(annotations: annotations.joined(separator: ", ")), to: "labels.json")
      let read = try LabelledData(
        contentsOf: "\(data.folder)/labels.json", classes: classes, coordinates: coordinates)
      try body(read, data.folder)
    }
  }

  @Test("Boxes are corner and extent, labels the places of sparse categories")
  func boxes() throws {
    let more = #", "area": 5.5, "iscrowd": 1, "segmentation": {"counts": "xyz", "size": [1, 2]}"#
    try load([
      Self.annotation(box: "[10.5, 4, 20, 8.25]", more: more),
      Self.annotation(id: 2, category: 90, box: "[0, 0, 40, 30]", more: #", "iscrowd": false"#),
    ]) { read, folder in
      #expect(read.form == .coco)
      #expect(read.convention == .zeroBased)
      #expect(read.issues.isEmpty)
      #expect(read.dataset.classes == ["emu", "cat"])
      let image = AnnotatedImage(
        name: "7", path: "\(folder)/a.png", width: 40, height: 30,
        objects: [
          AnnotatedObject(
            label: 1, box: Box(x1: 10.5, y1: 4, x2: 30.5, y2: 12.25), isCrowd: true,
            outlineArea: 5.5),
          AnnotatedObject(label: 0, box: Box(x1: 0, y1: 0, x2: 40, y2: 30)),
        ])
      #expect(read.dataset.images == [image])
      #expect(read.classCounts.map(\.crowds) == [0, 1])
    }
  }

  @Test("Boxes that count from 1 are moved if the caller says so")
  func oneBased() throws {
    try load([Self.annotation()], coordinates: .oneBased) { read, _ in
      #expect(read.convention == .oneBased)
      #expect(read.dataset.images[0].objects[0].box == Box(x1: 0, y1: 1, x2: 3, y2: 5))
    }
  }

  @Test("Every flaw of an annotation is an issue with its id and class")
  func issues() throws {
    try load(
      [
        Self.annotation(id: 11, box: "[1, 2, 0, 4]"), Self.annotation(id: 12, box: "[1, 2, 3]"),
        Self.annotation(id: 13, box: "[50, 2, 3, 4]"), Self.annotation(id: 14, image: 8),
        Self.annotation(id: 15, category: 4), Self.annotation(id: 16, category: 90),
        Self.annotation(id: 17, box: "null"), Self.annotation(id: 18, box: "[39, -1, 2, 4]"),
        Self.annotation(id: 18), Self.annotation(id: 19, box: "[1e308, 2, 1e308, 4]"),
      ], classes: ["cat"]
    ) { read, folder in
      let out = "the object is left out"
      #expect(
        read.issueTexts(in: folder)
          == [
            "11 (cat): the box [1, 2, 0, 4] has no area; \(out)",
            "12 (cat): bbox is '3 numbers', expected a number; \(out)",
            "13 (cat): the box [50, 2, 3, 4] lies outside of the image, which has 40×30 pixels; "
              + out,
            "14 (cat): no image has the id 8; \(out)",
            "15: no category has the id 4; \(out)",
            "16 (emu): its class is not among those asked for; \(out)",
            "17 (cat): bbox is missing; \(out)",
            "18 (cat): the box [39, -1, 2, 4] reaches out of the image, which has 40×30 pixels; "
              + "the box is clipped",
            "18 (cat): two annotations have the id 18; both are kept",
            "19 (cat): the box [1e+308, 2, 1e+308, 4] lies outside of the image, which has 40×30 "
              + "pixels; \(out)",
          ].map { "DATA/labels.json: object \($0)" })
      #expect(
        read.dataset.images[0].objects.map(\.box)
          == [Box(x1: 39, y1: 0, x2: 40, y2: 3), Box(x1: 1, y1: 2, x2: 4, y2: 6)])
    }
  }

  @Test("Images without annotations are kept, those without a file are reported once")
  func images() throws {
    try withFixture { data in
      let images = (1...4).map { #"{"id": \#($0), "file_name": "sub/\#($0).png"}"# }
      let categories = Self.categories + #", {"id": 4, "name": "cat"}"#
      try data.write(
        Self.json(
          images: images.joined(separator: ","),
          annotations: Self.annotation(id: 1, image: 2, category: 4) + ","
            + Self.annotation(id: 2, image: 3), categories: categories),
        to: "annotations/instances_val.json")
      try data.write("{}", to: "annotations/captions.json")
      for name in ["1", "2"] {
        try data.write(ObjectFixture.png(width: 40, height: 30), to: "val/sub/\(name).png")
      }
      try data.write("text", to: "val/sub/4.png")
      let read = try LabelledData(contentsOf: data.folder + "/", split: "val")
      #expect(read.splits == ["captions", "val"])
      #expect(try LabelledData.splits(at: data.folder) == ["captions", "val"])
      #expect(read.dataset.classes == ["emu", "cat"])
      #expect(read.dataset.images.map(\.name) == ["1", "2"])
      #expect(read.dataset.images.map { $0.objects.map(\.label) } == [[], [1]])
      let issues = read.issueTexts(in: data.folder)
      try #require(issues.count == 3)
      let file = "DATA/annotations/instances_val.json"
      #expect(
        issues[0] == "\(file): two categories have the name 'cat'; they are taken as one class")
      #expect(issues[1].hasPrefix("\(file): there is no image 'sub/3.png' in DATA/annotations/"))
      #expect(issues[2].contains("4.png: not a picture"))
      // Elsewhere only by name.
      let given = try LabelledData(
        contentsOf: "\(data.folder)/annotations/instances_val.json", images: "\(data.folder)/val")
      #expect(given.dataset.images.count == 2)
    }
  }

  @Test("A folder for each split, its file among its images, is read too")
  func exported() throws {
    try withFixture { data in
      for split in ["train", "valid"] {
        try data.write(ObjectFixture.png(width: 40, height: 30), to: "\(split)/a.png")
        try data.write(
          Self.json(annotations: Self.annotation()), to: "\(split)/_annotations.coco.json")
      }
      try data.write("text", to: "README.txt")
      try data.write("text", to: "notes/more.txt")
      #expect(try LabelledData.splits(at: data.folder) == ["train", "valid"])
      let read = try LabelledData(contentsOf: data.folder, split: "valid")
      #expect(read.dataset.images.map(\.path) == ["\(data.folder)/valid/a.png"])
      let single = try LabelledData(contentsOf: "\(data.folder)/train")
      #expect(single.dataset.images.map(\.path) == ["\(data.folder)/train/a.png"])
    }
  }

  @Test("Images that are in none of the usual places are an error that names the places")
  func noImages() throws {
    try withFixture { data in
      try data.write(Self.json(annotations: Self.annotation()), to: "deep/labels.json")
      let text = refusal(in: data.folder) { () throws(DatasetError) in
        try LabelledData(contentsOf: "\(data.folder)/deep/labels.json")
      }
      #expect(
        text.hasPrefix(
          "DATA/deep/labels.json: its images are not found, expected 'a.png' in one of DATA/deep, "
            + "DATA/deep/images, DATA/deep/labels, "))
      #expect(text.hasSuffix("; name the folder of the images"))
    }
  }

  @Test("What is no COCO file is refused in one line that says where")
  func refusals() {
    let start =
      "a.json: cannot be understood, expected COCO's JSON with images, annotations and "
      + "categories, found "
    for (json, found) in [
      ("{}", "no images;"), ("[]", "another type of value at the file;"),
      (Self.json(images: "{\"id\": 1}"), "no images[0].file_name;"),
      (Self.json(images: Self.images + ", 5"), "another type of value at images[1];"),
      (Self.json(annotations: "{\"image_id\": 7}"), "no annotations[0].category_id;"),
      (
        Self.json(annotations: Self.annotation(box: "[1, \"x\"]")),
        "another type of value at annotations[0].bbox[1];"
      ),
      (
        Self.json(annotations: Self.annotation(more: ", \"iscrowd\": \"no\"")),
        "another type of value at annotations[0].iscrowd;"
      ),
      (Self.json(categories: "{\"id\": null, \"name\": \"x\"}"), "null at categories[0].id;"),
    ] {
      let text = refused(json)
      #expect(text.hasPrefix(start + found), "\(text)")
    }
    for (json, found) in [
      ("", "no data"), ("{\n", "no valid JSON: it breaks off in line 2"),
      (Self.json(annotations: Self.annotation(box: "[NaN, 1, 2, 3]")), "no valid JSON: 'NaN' in"),
      (Self.json(annotations: Self.annotation(box: "[-Infinity, 1, 2]")), "no valid JSON: 'Inf"),
      (Self.json(annotations: Self.annotation(box: "[1e999, 1, 2, 3]")), "no valid JSON;"),
      ("\u{0}\u{0}", "no valid JSON;"), ("{\"a\\\"", "no valid JSON: a text that starts in line 1"),
      ("{\"true\": true, 'a': 1}", "no valid JSON: 'a' in line 1"),
      (String(repeating: "[", count: 200_000), "no valid JSON: it breaks off in line 1"),
      (String(repeating: "{\"images\":", count: 100_000), "no valid JSON: it breaks off"),
      (Self.json(images: "{\"id\": 99999999999999999999, \"file_name\": \"a\"}"), "no valid JSON;"),
    ] {
      let text = refused(json)
      #expect(text.hasPrefix(start + found), "\(text)")
      #expect(!text.contains("\n") && text.count < 500, "\(text)")
    }
    #expect(
      refused(Self.json(images: Self.images + "," + Self.images))
        == "a.json: ids of images must differ, found 7 twice; mend the file")
    #expect(
      refused(Self.json(categories: Self.categories + "," + Self.categories))
        == "a.json: ids of categories must differ, found 90 twice; mend the file")
  }

  @Test("A damaged file is refused in one line, or read as something", arguments: 0..<20)
  func mutations(seed: Int) {
    let file = Array(
      Self.json(
        annotations: Self.annotation(more: ", \"area\": 12.5, \"iscrowd\": 0") + ","
          + Self.annotation(id: 2, category: 90)
      ).utf8)
    var noise = Noise(seed: seed)
    for _ in 0..<30 {
      let damaged = MutationTests.mutate(file, using: &noise)
      do {
        let read = try COCOFile(json: damaged, path: "damaged")
        _ = try read.load(images: "/none")
        Issue.record("there is no image")
      } catch {
        #expect(error.description.hasPrefix("damaged: "))
        #expect(!error.description.contains("\n"))
      }
    }
  }
}
