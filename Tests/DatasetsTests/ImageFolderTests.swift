import Datasets
import FoundationEssentials
import Testing

@Suite struct ImageFolderTests {
  /// Makes empty files under a folder.
  private func fill(_ folder: String, _ files: [String]) throws {
    for file in files {
      let path = "\(folder)/\(file)"
      let parent = path.split(separator: "/").dropLast().joined(separator: "/")
      try FileManager.default.createDirectory(
        atPath: "/\(parent)", withIntermediateDirectories: true)
      try write([], to: path)
    }
  }

  private func refusal(_ files: [String], validationShare: Double = 0) throws -> String {
    var text = ""
    try withTemporaryFolder { folder in
      try fill(folder, files)
      let error = try #require(throws: ImageFolderError.self) {
        try ImageFolder(folder, validationShare: validationShare, seed: 1)
      }
      text = error.description.replacing(folder, with: "DATA")
    }
    return text
  }

  @Test("Classes are the folders in order, pictures are told by the end of their names")
  func listing() throws {
    try withTemporaryFolder { folder in
      try fill(
        folder,
        ["dog/b.JPG", "dog/a.png", "cat/x.jpeg", "cat/notes.txt", "cat/.DS_Store", "README"]
          + ["cat/more/y.jpg", ".git/HEAD"])
      let data = try ImageFolder(folder + "/", validationShare: 0, seed: 1)
      #expect(data.classes == ["cat", "dog"])
      #expect(data.training.map(\.file) == ["cat/x.jpeg", "dog/a.png", "dog/b.JPG"])
      #expect(data.training.map(\.label) == [0, 1, 1])
      #expect(data.validation.isEmpty)
      #expect(data.otherFiles == ["README", "cat/notes.txt", "cat/more/"])
      #expect(data.path(of: data.training[0]) == "\(folder)/cat/x.jpeg")
      #expect(
        data.counts.map { "\($0.name) \($0.training) \($0.validation)" } == ["cat 1 0", "dog 2 0"])
    }
  }

  @Test("A folder that is split already is taken as it is")
  func split() throws {
    try withTemporaryFolder { folder in
      try fill(
        folder, ["train/a/1.png", "train/b/2.png", "train/b/3.png", "val/b/4.png", "test/a/5.png"])
      let data = try ImageFolder(folder, validationShare: 0.5, seed: 1)
      #expect(data.training.map(\.file) == ["train/a/1.png", "train/b/2.png", "train/b/3.png"])
      #expect(data.validation == [ImageFolder.Example(file: "val/b/4.png", label: 1)])
    }
  }

  @Test("A folder 'train' of pictures is a class")
  func trainIsAClass() throws {
    try withTemporaryFolder { folder in
      try fill(folder, ["train/1.png", "car/2.png"])
      #expect(try ImageFolder(folder, validationShare: 0, seed: 1).classes == ["car", "train"])
    }
  }

  @Test("Each class gives its share to measure with, chosen by the seed alone")
  func shares() throws {
    try withTemporaryFolder { folder in
      let many = (0..<40).map { "many/\($0).png" }
      try fill(folder, many + ["few/1.png", "few/2.png", "single/1.png"])
      let data = try ImageFolder(folder, validationShare: 0.25, seed: 7)
      #expect(data.counts.map { [$0.training, $0.validation] } == [[1, 1], [30, 10], [1, 0]])
      #expect(Set(data.training).isDisjoint(with: data.validation))
      #expect(try ImageFolder(folder, validationShare: 0.25, seed: 7) == data)
      #expect(try ImageFolder(folder, validationShare: 0.25, seed: 8) != data)
      // A picture more or less moves one other at most from part to part.
      try fill(folder, ["many/new.png"])
      let grown = try ImageFolder(folder, validationShare: 0.25, seed: 7)
      #expect(Set(data.validation).subtracting(grown.validation).count <= 1)
    }
  }

  @Test("What is no folder of classes is refused with what is there")
  func refusals() throws {
    #expect(try refusal(["a.png"]).hasPrefix("DATA: has no classes"))
    #expect(try refusal(["a/1.png"]).contains("expected at least 2, found 'a'"))
    #expect(
      try refusal(["a/1.png", "b/x.txt", "b/y.gif"])
        == "DATA/b: has no pictures, expected .jpg, .jpeg or .png files, found 2 of other kinds; "
        + "add some or remove the folder")
    #expect(try refusal(["train/a/1.png", "train/b/2.gif"]).hasPrefix("DATA/train/b"))
    #expect(
      try refusal(["train/a/1.png", "train/b/2.png", "val/c/3.png"]).hasPrefix(
        "DATA/val/c: is no class of the training pictures, expected one of a, b"))
    let missing = try #require(throws: ImageFolderError.self) {
      try ImageFolder("/no/such", validationShare: 0, seed: 1)
    }
    #expect(missing.description == "/no/such: cannot be listed: no such file or directory")
  }

  @Test("Pictures that cannot be decoded are named, and can be left out unless a class ends empty")
  func checking() throws {
    try withTemporaryFolder { folder in
      let picture = try #require(Fixture.pngs.first).file
      for name in ["a/good.png", "a/cut.png", "b/good.png"] {
        try fill(folder, [name])
        try write(name.contains("cut") ? picture.dropLast(20) : picture, to: "\(folder)/\(name)")
      }
      var data = try ImageFolder(folder, validationShare: 0, seed: 1)
      var done: [Int] = []
      let unreadable = data.unreadableExamples(threadCount: 2) { count in
        done.append(count)
        return true
      }
      #expect(done == [1, 2, 3])
      #expect(unreadable?.map(\.example.file) == ["a/cut.png"])
      #expect(data.unreadableExamples(threadCount: 2) { _ in false } == nil)
      try data.remove(["a/cut.png"])
      #expect(data.training.map(\.file) == ["a/good.png", "b/good.png"])
      #expect(throws: ImageFolderError.nothingLeft(path: folder, name: "b")) {
        try data.remove(["b/good.png"])
      }
    }
  }
}
