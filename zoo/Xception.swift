public import Layers

/// A network of depthwise separable convolutions with shortcuts.
///
/// After figure 5 of Chollet, [Xception: Deep Learning with Depthwise Separable
/// Convolutions](https://arxiv.org/abs/1610.02357), as in Keras Applications, where the author put it.
/// Keras gives no names to the shortcuts' layers and the sums; here they have the names that a fresh
/// Keras session makes up, `conv2d` and so on.
///
/// | stage   | stride | channels | flow                     | blocks |
/// |---------|-------:|---------:|--------------------------|-------:|
/// | block1  |      2 |       64 | entry                    |      1 |
/// | block2  |      4 |      128 | entry                    |      1 |
/// | block3  |      8 |      256 | entry                    |      1 |
/// | block12 |     16 |      728 | end of entry, and middle |   1, 8 |
/// | block14 |     32 |     2048 | exit                     |      2 |
///
/// In a detector the exit flow runs for each region, as conv5 of a ResNet does. It begins with the last
/// stride, and the sum before it, the end of the middle flow, is the one map that both its layers and
/// their shortcut read.
public struct Xception: FeatureExtractor {
  /// The filters of block 1's two convolutions and of the three blocks after it.
  private let entry: [Int]
  /// How many blocks the middle flow has.
  private let middle: Int
  /// The filters at the end of block 13 and of block 14's two convolutions.
  private let exit: [Int]
  private let classes: Int

  /// Makes the paper's network.
  ///
  /// - Parameter classes: How many classes the classifier tells apart; ImageNet has 1000.
  public init(classes: Int = 1000) {
    self.init(
      entry: [32, 64, 128, 256, 728], middle: 8, exit: [1024, 1536, 2048], classes: classes)
  }

  /// Makes a network of other proportions.
  package init(entry: [Int], middle: Int, exit: [Int], classes: Int) {
    (self.entry, self.middle, self.exit, self.classes) = (entry, middle, exit, classes)
  }

  public var preprocessing: Preprocessing { .signed(imageSide: 299) }

  public var imageStages: [Stage] {
    [
      Stage("block1") {
        Conv2D("block1_conv1", 3, entry[0], stride: 2, padding: .valid, bias: false)
        BatchNorm("block1_conv1_bn")
        ActivationLayer("block1_conv1_act", .relu)
        Conv2D("block1_conv2", 3, entry[1], padding: .valid, bias: false)
        BatchNorm("block1_conv2_bn")
        ActivationLayer("block1_conv2_act", .relu)
      },
      Stage("block2") { reduction(2, entry[2], entry[2], number: "") },
      Stage("block3") { reduction(3, entry[3], entry[3], number: "_1") },
      Stage("block\(4 + middle)") {
        reduction(4, entry[4], entry[4], number: "_2")
        for block in 5..<5 + middle { middleBlock(block) }
      },
    ]
  }

  public var regionStages: [Stage] {
    [
      Stage("block\(6 + middle)") {
        reduction(5 + middle, entry[4], exit[0], number: "_3", sum: "add_\(3 + middle)")
        separable("block\(6 + middle)_sepconv1", exit[1])
        ActivationLayer("block\(6 + middle)_sepconv1_act", .relu)
        separable("block\(6 + middle)_sepconv2", exit[2])
        ActivationLayer("block\(6 + middle)_sepconv2_act", .relu)
      }
    ]
  }

  public var classifier: Stage { .pooledClassifier(classes) }

  /// Two convolutions, then a pooling that halves the resolution; so does the shortcut's convolution.
  ///
  /// `number` tells the shortcut's layers from those of other blocks; `sum` is the name of the sum, if it
  /// has another number.
  @LayerBuilder private func reduction(
    _ block: Int, _ first: Int, _ second: Int, number: String, sum: String? = nil
  ) -> [any Layer] {
    let name = "block\(block)"
    Residual(sum ?? "add\(number)", order: .bodyFirst) {
      // Block 1 ends with an activation, all others with a sum.
      if block > 2 {
        ActivationLayer("\(name)_sepconv1_act", .relu)
      }
      separable("\(name)_sepconv1", first)
      ActivationLayer("\(name)_sepconv2_act", .relu)
      separable("\(name)_sepconv2", second)
      MaxPool("\(name)_pool", 3, stride: 2, padding: .same)
    } shortcut: {
      Conv2D("conv2d\(number)", 1, second, stride: 2, bias: false)
      BatchNorm("batch_normalization\(number)")
    }
  }

  /// Three convolutions around which the map goes as it is.
  private func middleBlock(_ block: Int) -> Residual {
    Residual("add_\(block - 2)", order: .bodyFirst) {
      for unit in 1...3 {
        ActivationLayer("block\(block)_sepconv\(unit)_act", .relu)
        separable("block\(block)_sepconv\(unit)", entry[4])
      }
    }
  }

  @LayerBuilder private func separable(_ name: String, _ filters: Int) -> [any Layer] {
    SeparableConv2D(name, 3, filters, bias: false)
    BatchNorm("\(name)_bn")
  }
}
