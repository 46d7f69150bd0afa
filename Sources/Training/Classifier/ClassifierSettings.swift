public import Engine
public import Layers

/// Everything that a classifier's training run depends on but its data and first weights.
///
/// Kept as `config.json`; a resumed run reads it back.
public struct ClassifierSettings: RunSettings {
  /// Which rule changes the parameters.
  public enum Method: String, Codable, CaseIterable, Sendable {
    /// Gradient descent with momentum.
    case sgd
    case adam
  }

  public var backbone: String
  public var configuration = BackboneConfiguration()
  public var weights: String?
  public var allowMissing: [String] = []
  public var allowUnused: [String] = []
  /// The folder of pictures.
  public var data: String
  /// The share of each class to measure with, where the folder is not split already.
  public var valFraction = 0.2

  public var freeze: [String] = []
  public var batchNorm = BatchNormPolicy.stored

  /// The side of the square that the network sees, in pixels.
  public var side: Int
  /// The least share of a picture's area that a training crop has.
  public var cropArea = 0.25
  /// Whether every other picture is mirrored.
  public var mirror = true

  public var epochs = 10
  public var batch = 16
  public var optimizer = Method.sgd
  /// The highest learning rate, after the warm-up.
  public var rate: Double = 0.005
  public var momentum = 0.9
  public var weightDecay = 1e-4
  /// The steps in which the rate rises; afterwards it falls along a cosine.
  public var warmUp = 0
  public var clipNorm: Double? = 10
  /// The share of a target that is spread over all classes.
  public var labelSmoothing = 0.0

  public var seed: UInt64 = 0
  public var precision: Precision
  public var threads: Int

  public init(
    backbone: String, data: String, side: Int, precision: Precision, threads: Int
  ) {
    (self.backbone, self.data, self.side) = (backbone, data, side)
    (self.precision, self.threads) = (precision, threads)
  }

  public static var changeable: Set<String> { ["data", "epochs", "threads"] }

  /// The learning rate for a number of pictures in a step.
  ///
  /// That of gradient descent grows with the number, 0.01 for 32 pictures; Adam's is 1e-4.
  public static func usualRate(optimizer: Method, batch: Int) -> Double {
    switch optimizer {
    case .sgd: 0.01 * Double(batch) / 32
    case .adam: 1e-4
    }
  }

  /// A tenth of all steps, 100 at most.
  public func usualWarmUp(exampleCount: Int) -> Int {
    min(100, Epochs(exampleCount: exampleCount, batch: max(batch, 1), count: epochs).stepCount / 10)
  }

  /// Refuses numbers that make no sense.
  ///
  /// - Throws: ``TrainingError/setting(name:expected:found:)``.
  public func check() throws(TrainingError) {
    try checkDescent(greatestBatch: 65536)
    try Self.require(1...8192 ~= side, "side", "1 to 8192", side)
    try Self.require(0..<1 ~= labelSmoothing, "label-smoothing", "0 to below 1", labelSmoothing)
    try Self.require(0..<1 ~= valFraction, "val-fraction", "0 to below 1", valFraction)
    try Self.require(
      cropArea > 0 && cropArea <= 1, "crop-area", "above 0 and up to 1", cropArea)
  }
}
