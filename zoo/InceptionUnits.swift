internal import Layers

/// The layers that Inception v3, v4 and Inception-ResNet v2 are made of, under Keras's own names.
///
/// Keras's authors named few of them; the others are numbered as they are made. Every part of a
/// network must therefore be made once, in the order in which Keras makes it: one `InceptionUnits`
/// makes a whole network.
struct InceptionUnits {
  private var names = AutoNames()

  /// A convolution without bias, a normalisation without γ, and a ReLU.
  mutating func conv(
    _ size: Extent, _ filters: Int, stride: Int = 1, padding: Padding = .same
  ) -> [any Layer] {
    [
      Conv2D(
        names("conv2d"), size, filters, stride: stride, padding: padding, bias: false),
      BatchNorm(names("batch_normalization"), scale: false),
      ReLU(names("activation")),
    ]
  }

  /// The pooling that halves the resolution: 3×3, and no cell beyond the map.
  mutating func maxPool() -> [any Layer] {
    [MaxPool(names("max_pooling2d"), 3, stride: 2)]
  }

  /// The pooling in a module's last branch: the mean of 3×3, where cells beyond the map do not count.
  mutating func averagePool() -> [any Layer] {
    [AveragePool(names("average_pooling2d"), 3, stride: 1, padding: .same)]
  }

  /// Branches made before, their channels beside one another.
  ///
  /// - Parameters:
  ///   - name: The name that Keras's authors gave it; nil if they gave none.
  ///   - branches: The layers of each branch, in the order of their channels.
  /// - Returns: The branches as one layer.
  mutating func concatenate(_ name: String? = nil, _ branches: [any Layer]...) -> [any Layer] {
    [Concatenate(name ?? names("concatenate"), branches: branches)]
  }

  /// x + scale · branches, Keras's `CustomScaleLayer`.
  mutating func residual(scale: Float, _ layers: [any Layer]) -> [any Layer] {
    [Residual(names("custom_scale_layer"), scale: scale) { layers }]
  }

  /// The name of a layer that is made nowhere else.
  mutating func name(_ stem: String) -> String { names(stem) }
}
