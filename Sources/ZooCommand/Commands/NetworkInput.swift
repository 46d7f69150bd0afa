import Datasets
import Layers
import Tensors

extension Image {
  /// The picture as a network's ImageNet classifier expects it, `[1, side, side, 3]`.
  func classifierInput(_ preprocessing: Preprocessing) -> Tensor {
    imageNetCrop(side: preprocessing.imageSide).networkInput(preprocessing)
  }

  /// The picture in its own size, `[1, H, W, 3]`.
  func networkInput(_ preprocessing: Preprocessing) -> Tensor {
    Tensor(shape: [1, height, width, 3]) { bytes in
      pixels.withUnsafeBufferPointer {
        preprocessing.apply(to: $0, output: bytes.bindMemory(to: Float.self))
      }
    }
  }
}
