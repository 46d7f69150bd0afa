import Detection
import FoundationEssentials
import HDF5
import Testing

@testable import Training

/// What is read, and what is refused by name, of files that other versions of the program wrote.
@Suite struct CheckpointFormTests {
  /// A file that says what a detector's does, with a change to its words.
  private func checkpoint(
    form: String? = "1", replacing old: String = "", with new: String = ""
  ) throws -> DetectorCheckpoint {
    let fixture = try DetectorFixture()
    let path = "\(fixture.folder.path)/other.h5"
    let description = try fixture.plan().description
    var text = try String(decoding: JSONEncoder.zoo().encode(description), as: UTF8.self)
    if !old.isEmpty {
      try #require(text.contains(old))
      text.replace(old, with: new)
    }
    try HDF5File.write(to: path) { file in
      try file.createGroup("/zoo")
      if let form { try file.setAttribute("form", of: "/zoo", to: form) }
      try file.setAttribute("detector0", of: "/zoo", to: text)
      try file.setAttribute("progress0", of: "/zoo", to: #"{"measured_epochs":1,"step":3}"#)
    }
    let checkpoint = try DetectorCheckpoint(contentsOf: path)
    if old.isEmpty { #expect(checkpoint.description == description) }
    return checkpoint
  }

  private func refusal(
    form: String? = "1", replacing old: String = "", with new: String = ""
  ) throws -> String {
    let error = try #require(throws: TrainingError.self) {
      try checkpoint(form: form, replacing: old, with: new)
    }
    return error.description.split(separator: "other.h5: ").last.map(String.init) ?? ""
  }

  @Test("A run's checkpoints have this form, and those of before forms were counted are read")
  func current() throws {
    let fixture = try RunFixture()
    _ = try fixture.created("run")
    let file = try HDF5File(reading: "\(fixture.run("run"))/last.h5")
    #expect(try file.strings("form", of: "/zoo") == ["1"])
    #expect(try checkpoint().progress.step == 3)
    #expect(try checkpoint(form: nil).progress.step == 3)
  }

  @Test("Another form is refused before its settings are looked at")
  func otherForms() throws {
    #expect(
      try refusal(form: "2", replacing: "\"proposals\":", with: "\"regions\":")
        == "was written by a later version of this program, in form 2, expected 1; use that version"
    )
    #expect(
      try refusal(form: "0")
        == "was written by an earlier version of this program, in form 0, expected 1; "
        + "use that version, or train it anew")
    #expect(try refusal(form: "one").contains("form 'one', expected a number"))
  }

  @Test("A setting that is not known here is refused by its name, on whatever level")
  func unknown() throws {
    #expect(
      try refusal(replacing: "\"pooled_side\":2", with: "\"pooled_side\":2,\"pooled_points\":3")
        == "has the detector's 'settings.pooled-points', unknown here; "
        + "a later version of this program wrote it: use that one")
    #expect(
      try refusal(replacing: "{\"backbone\"", with: "{\"neck\":{\"maps\":4},\"backbone\"")
        .contains("'neck', 'neck.maps'"))
  }

  @Test("A value that is not known here is refused by its setting's name")
  func unknownValue() throws {
    #expect(
      try refusal(replacing: "\"pooling\":\"align\"", with: "\"pooling\":\"bilinear\"")
        .hasPrefix("the detector's 'settings.pooling' cannot be understood"))
    #expect(
      try refusal(replacing: "\"pooled_side\":2", with: "\"pooled_side\":\"2\"")
        .hasPrefix("the detector's 'settings.pooled-side' cannot be understood"))
  }

  @Test("A setting without which the network would be another is refused by its name")
  func missing() throws {
    #expect(
      try refusal(replacing: "\"pooling\":\"align\",", with: "")
        == "lacks the detector's 'settings.pooling'; it is damaged, or an earlier version of this "
        + "program wrote it: use that one")
  }

  @Test("Where a later setting is missing, the network does what it did before there was it")
  func missingWithMeaning() throws {
    let old = try checkpoint(replacing: "\"minimum_objectness\":0,", with: "")
    #expect(old.description.settings.proposals.minimumObjectness == 0)
  }

  @Test("Settings of a run are refused by name too")
  func runSettings() throws {
    let fixture = try RunFixture()
    _ = try fixture.created("run")
    let path = "\(fixture.run("run"))/config.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    func refusal(replacing old: String, with new: String) throws -> String {
      try #require(text.contains(old))
      try text.replacing(old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
      return try #require(throws: TrainingError.self) {
        try StoppedClassifierRun(fixture.run("run"))
      }.description
    }
    #expect(
      try refusal(replacing: "\"crop_area\"", with: "\"crop_share\"")
        .hasPrefix("\(path): lacks the run's 'crop-area'; "))
    #expect(
      try refusal(replacing: "\"mirror\"", with: "\"flip\" : 2,\n  \"mirror\"")
        .hasPrefix("\(path): has the run's 'flip', unknown here; "))
    #expect(
      try refusal(replacing: "\"sgd\"", with: "\"lion\"")
        .hasPrefix("\(path): the run's 'optimizer' cannot be understood; "))
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try StoppedClassifierRun(fixture.run("run")).settings == fixture.settings)
  }
}
