/// How long the backbones take, as measured on one machine.
enum Timings {
  /// Where and how, as the page says it before the numbers.
  static let machine = """
    Milliseconds are of one image of that size in bfloat16 on 2 cores of an AMD EPYC (Zen 5, AVX-512 with
    bfloat16 products), which others use too: the best of several medians of `zoo bench`.
    [Benchmarks/RESULTS.md](../Benchmarks/RESULTS.md) has each beside OpenVINO, in turn.
    """

  /// Milliseconds an image by the backbones' names, each at its usual size; what is not here has not
  /// been measured.
  static let milliseconds: [String: Double] = [
    "alexnet": 1.8,
    "vgg16": 35.7,
    "vgg19": 45.3,
    "inception_v1": 5.4,
    "inception_v2": 6.5,
    "inception_v3": 15.2,
    "inception_v4": 32.1,
    "inception_resnet_v2": 35.0,
    "resnet34_v1": 9.4,
    "resnet50_v1": 10.6,
    "resnet101_v1": 20.0,
    "resnet152_v1": 28.4,
    "resnet34_v2": 9.9,
    "resnet50_v2": 10.1,
    "resnet101_v2": 20.1,
    "resnet152_v2": 30.4,
    "seresnet50": 11.3,
    "senet154": 58.4,
    "densenet121": 10.2,
    "densenet169": 11.9,
    "densenet201": 15.0,
    "xception": 22.9,
    "mobilenet_v1": 1.8,
    "mobilenet_v2": 1.4,
    "mobilenet_v3_large": 1.2,
    "mobilenet_v3_small": 0.4,
    "efficientnet_b0": 3.1,
    "efficientnet_b1": 7.5,
    "efficientnet_b2": 7.5,
    "efficientnet_b3": 11.9,
    "efficientnet_b4": 24.1,
    "efficientnet_b5": 47.3,
    "efficientnet_b6": 83.8,
    "efficientnet_b7": 170.2,
  ]
}
