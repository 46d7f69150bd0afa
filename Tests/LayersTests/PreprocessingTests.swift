import Foundation
import Layers
import Tensors
import Testing

@Suite struct PreprocessingTests {
  /// Of (10, 20, 30) and (255, 0, 128) in RGB, what is left in BGR is
  /// 30 − 103.939, 20 − 116.779, 10 − 123.68; 128 − 103.939, 0 − 116.779, 255 − 123.68.
  @Test("Caffe's is BGR less the means, not scaled")
  func caffe() {
    let values = Preprocessing.caffe().apply([10, 20, 30, 255, 0, 128])
    #expect(isClose(values, [-73.939, -96.779, -113.68, 24.061, -116.779, 131.32], 1e-5))
  }

  /// x / 127.5 − 1: 0 → −1, 255 → 1, 51 → −0.6, 102 → −0.2, 153 → 0.2, 204 → 0.6.
  @Test("TensorFlow's is RGB from -1 to 1")
  func signed() {
    let values = Preprocessing.signed().apply([0, 51, 102, 153, 204, 255])
    #expect(isClose(values, [-1, -0.6, -0.2, 0.2, 0.6, 1], 1e-6))
  }

  /// (x / 255 − mean) / deviation for (0, 255, 51): −0.485/0.229 = −2.117904,
  /// (1 − 0.456)/0.224 = 2.428571, (0.2 − 0.406)/0.225 = −0.915556.
  @Test("Torch's scales first, then subtracts, then divides")
  func torch() {
    let preprocessing = Preprocessing(
      channelOrder: .rgb, scale: 1 / 255, mean: [0.485, 0.456, 0.406],
      standardDeviation: [0.229, 0.224, 0.225], imageSide: 224)
    let values = preprocessing.apply([0, 255, 51])
    #expect(isClose(values, [-2.117904, 2.428571, -0.915556], 1e-5))
  }

  @Test("In BGR mean and deviation are those of blue, green, red")
  func orderOfMeans() {
    let preprocessing = Preprocessing(
      channelOrder: .bgr, scale: 1, mean: [1, 2, 3], standardDeviation: [1, 2, 4], imageSide: 32)
    #expect(preprocessing.apply([103, 12, 9]) == [8, 5, 25])
  }

  @Test("A picture keeps its rows and columns")
  func tensor() {
    let tensor = Preprocessing.signed().tensor(
      pixels: [0, 0, 0, 255, 255, 255], height: 1, width: 2)
    #expect(tensor.shape == [1, 1, 2, 3])
    #expect(isClose(tensor.floats, [-1, -1, -1, 1, 1, 1], 1e-6))
  }

  @Test("It survives JSON, and JSON that no network could have is refused")
  func coding() throws {
    let data = try JSONEncoder().encode(Preprocessing.caffe(imageSide: 299))
    #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == .caffe(imageSide: 299))
    let bad = [
      #"{"channelOrder":"bgr","scale":1,"mean":[1,2],"standardDeviation":[1,1,1],"imageSide":9}"#,
      #"{"channelOrder":"bgr","scale":1,"mean":[1,2,3],"standardDeviation":[1,0,1],"imageSide":9}"#,
      #"{"channelOrder":"bgr","scale":1,"mean":[1,2,3],"standardDeviation":[1,1,1],"imageSide":0}"#,
      #"{"channelOrder":"grb","scale":1,"mean":[1,2,3],"standardDeviation":[1,1,1],"imageSide":9}"#,
      #"{"channelOrder":"rgb","scale":1,"mean":[1,2,3],"standardDeviation":[1,1,1]}"#,
    ]
    for json in bad {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Preprocessing.self, from: Data(json.utf8))
      }
    }
  }

  @Test("In short it names the order and the arithmetic")
  func description() {
    #expect(Preprocessing.caffe().description == "bgr - [103.939, 116.779, 123.68]")
    #expect(Preprocessing.signed().description == "rgb / 127.5 - 1.0")
    let third = Preprocessing(
      channelOrder: .rgb, scale: 0.3, mean: [0, 0, 0], standardDeviation: [1, 2, 3], imageSide: 9)
    #expect(third.description == "rgb × 0.3 / [1.0, 2.0, 3.0]")
  }
}

extension Preprocessing {
  fileprivate func apply(_ pixels: [UInt8]) -> [Float] {
    [Float](unsafeUninitializedCapacity: pixels.count) { output, count in
      pixels.withUnsafeBufferPointer {
        apply(to: $0, output: UnsafeMutableBufferPointer(rebasing: output[..<pixels.count]))
      }
      count = pixels.count
    }
  }
}

private func isClose(_ values: [Float], _ expected: [Float], _ tolerance: Float) -> Bool {
  values.count == expected.count
    && zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}
