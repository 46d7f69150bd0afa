public import Tensors

/// The arithmetic between 8-bit RGB and a network's input; it belongs to the weights.
public struct Preprocessing: Hashable, Codable, Sendable, CustomStringConvertible {
  /// Which colour comes first.
  public enum ChannelOrder: String, Codable, Sendable {
    case rgb
    case bgr
  }

  public let channelOrder: ChannelOrder
  /// What each 8-bit number, 0 to 255, is multiplied by first.
  public let scale: Float
  /// What is then subtracted, for each channel in the network's order.
  public let mean: [Float]
  /// What is divided by last, for each channel in the network's order.
  public let standardDeviation: [Float]
  /// The side of the square that the ImageNet classifier was trained and measured on, in pixels.
  public let imageSide: Int

  public init(
    channelOrder: ChannelOrder, scale: Float, mean: [Float], standardDeviation: [Float],
    imageSide: Int
  ) {
    precondition(mean.count == 3 && standardDeviation.count == 3, "an image has three channels")
    (self.channelOrder, self.scale, self.mean) = (channelOrder, scale, mean)
    (self.standardDeviation, self.imageSide) = (standardDeviation, imageSide)
  }

  /// Reads what a file says.
  ///
  /// - Throws: `DecodingError` if a part is missing or no network could have it.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func channels(_ key: CodingKeys, _ isValid: (Float) -> Bool) throws -> [Float] {
      let numbers = try container.decode([Float].self, forKey: key)
      guard numbers.count == 3, numbers.allSatisfy({ $0.isFinite && isValid($0) }) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container,
          debugDescription: "expected three numbers a network can use, found \(numbers)")
      }
      return numbers
    }
    channelOrder = try container.decode(ChannelOrder.self, forKey: .channelOrder)
    scale = try container.decode(Float.self, forKey: .scale)
    mean = try channels(.mean) { _ in true }
    standardDeviation = try channels(.standardDeviation) { $0 > 0 }
    imageSide = try container.decode(Int.self, forKey: .imageSide)
    guard scale.isFinite, imageSide > 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .imageSide, in: container,
        debugDescription: "expected a finite scale and a side of at least 1, found \(scale) and "
          + "\(imageSide)")
    }
  }

  /// BGR less the ImageNet means, not scaled: Keras's mode "caffe", of VGG and ResNet v1.
  public static func caffe(imageSide: Int = 224) -> Preprocessing {
    Preprocessing(
      channelOrder: .bgr, scale: 1, mean: [103.939, 116.779, 123.68],
      standardDeviation: [1, 1, 1], imageSide: imageSide)
  }

  /// RGB from -1 to 1: Keras's mode "tf", of MobileNet, Inception and ResNet v2.
  public static func signed(imageSide: Int = 224) -> Preprocessing {
    Preprocessing(
      channelOrder: .rgb, scale: 1 / 127.5, mean: [1, 1, 1], standardDeviation: [1, 1, 1],
      imageSide: imageSide)
  }

  /// RGB from 0 to 1, less the ImageNet means, divided by the deviations: Keras's mode "torch", of
  /// DenseNet, and torchvision's own.
  public static func torch(imageSide: Int = 224) -> Preprocessing {
    Preprocessing(
      channelOrder: .rgb, scale: 1 / 255, mean: [0.485, 0.456, 0.406],
      standardDeviation: [0.229, 0.224, 0.225], imageSide: imageSide)
  }

  /// RGB less the ImageNet means, not scaled: TensorFlow-Slim's, of VGG and ResNet v1.
  public static func slim(imageSide: Int = 224) -> Preprocessing {
    Preprocessing(
      channelOrder: .rgb, scale: 1, mean: [123.68, 116.779, 103.939],
      standardDeviation: [1, 1, 1], imageSide: imageSide)
  }

  /// RGB from 0 to 255 as it is, for networks that begin with arithmetic of their own.
  public static func unscaled(imageSide: Int = 224) -> Preprocessing {
    Preprocessing(
      channelOrder: .rgb, scale: 1, mean: [0, 0, 0], standardDeviation: [1, 1, 1],
      imageSide: imageSide)
  }

  /// The arithmetic in short, for example `bgr - [103.939, 116.779, 123.68]`.
  public var description: String {
    func isAll(_ values: [Float], _ value: Float) -> Bool { values.allSatisfy { $0 == value } }
    // Scales are mostly one over 255 or its half, and easier to read so.
    let divisor = (2 / scale).rounded() / 2
    let scaling = scale == 1 ? "" : 1 / divisor == scale ? " / \(divisor)" : " × \(scale)"
    return channelOrder.rawValue + scaling
      + (isAll(mean, 0) ? "" : isAll(mean, mean[0]) ? " - \(mean[0])" : " - \(mean)")
      + (isAll(standardDeviation, 1) ? "" : " / \(standardDeviation)")
  }

  /// Makes a network's input of a picture.
  ///
  /// - Parameters:
  ///   - pixels: 8-bit RGB, `[H, W, 3]` in row-major order.
  ///   - height: The picture's height in pixels.
  ///   - width: The picture's width in pixels.
  /// - Returns: float32, `[1, H, W, 3]`.
  public func tensor(pixels: [UInt8], height: Int, width: Int) -> Tensor {
    Tensor(shape: [1, height, width, 3]) { bytes in
      pixels.withUnsafeBufferPointer { apply(to: $0, output: bytes.bindMemory(to: Float.self)) }
    }
  }

  /// Converts pixels.
  ///
  /// - Parameters:
  ///   - pixels: 8-bit RGB, `[H, W, 3]`.
  ///   - output: Room for as many numbers, in the network's channel order.
  public func apply(
    to pixels: UnsafeBufferPointer<UInt8>, output: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(pixels.count == output.count, "as many numbers as pixels have")
    guard !pixels.isEmpty else { return }
    apply(to: pixels, width: pixels.count / 3, output: output, outputWidth: pixels.count / 3)
  }

  /// Converts pixels into the upper left corner of a larger image.
  ///
  /// - Parameters:
  ///   - pixels: 8-bit RGB, `[H, width, 3]`.
  ///   - width: The image's width, at least 1.
  ///   - output: At least `[H, outputWidth, 3]`, in the network's channel order; what lies beside the
  ///     image stays as it is.
  ///   - outputWidth: The larger image's width.
  public func apply(
    to pixels: UnsafeBufferPointer<UInt8>, width: Int, output: UnsafeMutableBufferPointer<Float>,
    outputWidth: Int
  ) {
    let height = pixels.count / (3 * width)
    precondition(
      pixels.count == height * width * 3 && width <= outputWidth
        && output.count >= height * outputWidth * 3, "pixels have three channels, and room")
    // There are but 256 levels: each is computed once.
    let levels = (0..<768).map { index in
      (Float(index % 256) * scale - mean[index / 256]) / standardDeviation[index / 256]
    }
    let red = channelOrder == .bgr ? 2 : 0
    levels.withUnsafeBufferPointer { levels in
      for row in 0..<height {
        for column in 0..<width {
          let (source, target) = (3 * (row * width + column), 3 * (row * outputWidth + column))
          output[target] = levels[Int(pixels[source + red])]
          output[target + 1] = levels[256 + Int(pixels[source + 1])]
          output[target + 2] = levels[512 + Int(pixels[source + 2 - red])]
        }
      }
    }
  }
}
