public import Tensors

/// One tensor of a file, described but not read.
public struct StoredTensor: Equatable, Sendable {
  /// Where the file has it, for example `/conv1/conv1/kernel:0` or `layer1.0.conv1.weight`.
  public let path: String
  /// The layer that it belongs to, under Keras's name where the file's own is another.
  public let layer: String
  /// The variable's name as Keras 3 has it, for example `kernel`.
  public let variable: String
  /// Other names that the layer may be known by, most specific first.
  public let otherLayers: [String]
  /// Whether the file names the layer.
  ///
  /// If not, ``layer`` only says where it is in the file, and its place among the layers of its class
  /// counts.
  public let isNamed: Bool
  /// The layer's class in Keras's spelling, `depthwise_conv2d`; nil if the file does not say.
  public let layerClass: String?
  /// What else the variable may be, where the file only numbers a layer's variables.
  public let otherVariables: [String]
  /// Whether this is a matrix that reads maps of channels × height × width, flattened.
  public let readsChannelsFirst: Bool
  /// What the names were made of, if they are not what the file says.
  public let rule: String?
  /// The extents in the file.
  public let storedShape: [Int]
  /// How the numbers come into Keras's order.
  public let layout: TensorLayout
  /// The type of each number; nil for one that no network here runs on.
  public let elementType: ElementType?
  /// The stored type in words, for example `float32`, `big-endian float64`, `int64`.
  public let typeName: String

  public init(
    path: String, layer: String, variable: String, otherLayers: [String] = [],
    rule: String? = nil, storedShape: [Int], layout: TensorLayout = .keras,
    elementType: ElementType?, typeName: String, isNamed: Bool = true,
    layerClass: String? = nil, otherVariables: [String] = [], readsChannelsFirst: Bool = false
  ) {
    (self.path, self.layer, self.variable) = (path, layer, variable)
    (self.otherLayers, self.rule) = (otherLayers, rule)
    (self.storedShape, self.layout) = (storedShape, layout)
    (self.elementType, self.typeName) = (elementType, typeName)
    (self.isNamed, self.layerClass) = (isNamed, layerClass)
    (self.otherVariables, self.readsChannelsFirst) = (otherVariables, readsChannelsFirst)
  }

  /// The tensor's name among a network's parameters, `layer/variable`.
  public var name: String { "\(layer)/\(variable)" }

  /// The extents in Keras's order.
  public var shape: [Int] { layout.shape(of: storedShape) }
}
