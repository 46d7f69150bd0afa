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

  /// The first stage of all three networks.
  mutating func conv1() -> Stage {
    Stage("conv1") {
      conv(3, 32, stride: 2, padding: .valid)
      conv(3, 32, padding: .valid)
      conv(3, 64)
    }
  }

  /// What Inception v3 and Inception-ResNet v2 have between their first two poolings.
  mutating func conv2() -> Stage {
    Stage("conv2") {
      maxPool()
      conv(1, 80, padding: .valid)
      conv(3, 192, padding: .valid)
    }
  }

  /// The module of 35×35 cells with a 5×5, figure 5 of Inception v3's paper but for that branch.
  ///
  /// - Parameters:
  ///   - name: The module's name.
  ///   - single: Filters of the 1×1 by itself.
  ///   - pooled: Filters after the pooling.
  /// - Returns: The module, of `single`, 64, 96 and `pooled` channels.
  mutating func module35(_ name: String, _ single: Int = 64, pooled: Int) -> [any Layer] {
    concatenate(
      name,
      conv(1, single),
      conv(1, 48) + conv(5, 64),
      conv(1, 64) + conv(3, 96) + conv(3, 96),
      averagePool() + conv(1, pooled))
  }

  /// Reduction-A of figure 7 in Inception v4's paper, from 35×35 to 17×17 cells.
  ///
  /// - Parameters:
  ///   - name: The name that Keras's authors gave it; nil if they gave none.
  ///   - k: Filters of the 1×1 in the long branch; like the others, table 1 of that paper has it.
  ///   - l: Filters of the 3×3 after that.
  ///   - m: Filters of the 3×3 that ends the long branch.
  ///   - n: Filters of the 3×3 by itself.
  /// - Returns: The module, of `n` and `m` channels and those that it reads.
  mutating func reductionA(
    _ name: String? = nil, k: Int, l: Int, m: Int, n: Int
  ) -> [any Layer] {
    concatenate(
      name,
      conv(3, n, stride: 2, padding: .valid),
      conv(1, k) + conv(3, l) + conv(3, m, stride: 2, padding: .valid),
      maxPool())
  }

  /// x + scale · branches, Keras's `CustomScaleLayer`.
  mutating func residual(scale: Float, _ layers: [any Layer]) -> [any Layer] {
    [Residual(names("custom_scale_layer"), scale: scale) { layers }]
  }

  /// The name of a layer that is made nowhere else.
  mutating func name(_ stem: String) -> String { names(stem) }
}
