internal import Layers

extension ResNet {
  /// What the catalogue knows of the family.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "ResNet",
      title: "Deep Residual Learning for Image Recognition", authors: "He et al.", year: 2015,
      url: "https://arxiv.org/abs/1512.03385")
    return Depth.allCases.map { depth in
      BackboneCard(
        "resnet\(depth.rawValue)_v1", "ResNet-\(depth.rawValue)", paper, weights(of: depth),
        isTimedWhole: true, variants: variants(of: depth)
      ) { ResNet(depth, variant: $0.variant, classes: $1) }
    }
  }

  /// Keras's file, which has the authors' own weights, then torchvision's first training, which its
  /// detectors start from, then slim's, which has the authors' again.
  private static func weights(of depth: Depth) -> [BackboneCard.Weights] {
    func keras(_ md5: String, _ accuracy: Double) -> BackboneCard.Weights {
      BackboneCard.Weights(
        Self.kerasFile("resnet/resnet\(depth.rawValue)_weights_tf_dim_ordering_tf_kernels.h5"),
        .md5(md5), licence: "MIT, Kaiming He", topOneAccuracy: accuracy)
    }
    func slim(_ accuracy: Double) -> BackboneCard.Weights {
      .slim(
        "resnet_v1_\(depth.rawValue)", "2016_08_28", classes: 1000, licence: "MIT, Kaiming He",
        topOneAccuracy: accuracy)
    }
    func torchvision(_ digits: String, _ accuracy: Double) -> BackboneCard.Weights {
      BackboneCard.Weights(
        "https://download.pytorch.org/models/resnet\(depth.rawValue)-\(digits).pth",
        .sha256(digits), variant: .torchvision, licence: "BSD-3-Clause, torchvision",
        topOneAccuracy: accuracy)
    }
    return switch depth {
    case .thirtyFour: [torchvision("b627a593", 0.733)]
    case .fifty:
      [
        keras("2cb95161c43110f7111970584f804107", 0.749), torchvision("0676ba61", 0.761),
        slim(0.752),
      ]
    case .oneHundredOne:
      [
        keras("f1aeb4b969a6efcfb50fad2f0c20cfc5", 0.764), torchvision("63fe2227", 0.774),
        slim(0.764),
      ]
    case .oneHundredFiftyTwo:
      [
        keras("100835be76be38e30d865e96f2aaae62", 0.766), torchvision("394f9c45", 0.783),
        slim(0.768),
      ]
    }
  }
}
