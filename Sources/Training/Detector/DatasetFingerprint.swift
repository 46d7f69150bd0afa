internal import Boxes
internal import Datasets

/// Enough of a data set to notice that a run would go on with another.
public struct DatasetFingerprint: RunData, CustomStringConvertible {
  public let classes: [String]
  /// How many images there are.
  public let images: Int
  /// How many objects there are on all of them.
  public let objects: Int
  /// Of all names, extents and boxes, in their order.
  public let hash: String

  init(_ dataset: DetectionDataset) {
    classes = dataset.classes
    images = dataset.images.count
    objects = dataset.images.reduce(0) { $0 + $1.objects.count }
    var hash = FowlerNollVoHash()
    for image in dataset.images {
      hash.add(image.name.utf8)
      hash.add("\(image.width) \(image.height)".utf8)
      for object in image.objects {
        let box = object.box
        for number in [box.x1, box.y1, box.x2, box.y2] {
          withUnsafeBytes(of: number.bitPattern.littleEndian) { hash.add($0) }
        }
        hash.add("\(object.label) \(object.isDifficult) \(object.isCrowd)".utf8)
      }
    }
    self.hash = String(hash.value, radix: 16)
  }

  public var description: String {
    "\(images) images with \(objects) objects of \(classes.joined(separator: ", ")) (\(hash))"
  }
}

/// FNV-1a, which is the same in every process.
private struct FowlerNollVoHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }
}
