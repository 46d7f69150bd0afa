// swift-tools-version: 6.2
import PackageDescription

// oneDNN comes from the system (Debian's libdnnl-dev), or from the folder that ONEDNN_ROOT names.
// That one is linked by its full path: libraries of the same name in system folders are found first
// with -l, and then one version runs under the other's headers.
let oneDNN: (headers: [CXXSetting], library: [LinkerSetting]) =
  if let root = Context.environment["ONEDNN_ROOT"] {
    (
      [.unsafeFlags(["-I\(root)/include"])],
      [.unsafeFlags(["\(root)/lib/libdnnl.so", "-Xlinker", "-rpath", "-Xlinker", "\(root)/lib"])]
    )
  } else {
    ([], [.linkedLibrary("dnnl")])
  }

let package = Package(
  name: "DetectionZoo",
  products: [
    .executable(name: "zoo", targets: ["ZooCommand"]),
    .library(
      name: "DetectionZoo",
      targets: [
        "Files", "Tensors", "Layers", "Zoo", "HDF5", "Importing", "KerasConverter",
        "PyTorchConverter", "Safetensors", "TensorFlowConverter", "WeightFormats", "Boxes",
        "Datasets", "Drawing", "Engine", "Detection", "Evaluation", "Training",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
  ],
  targets: [
    // System libraries, each with one Swift or C++ wrapper that alone imports it.
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(
      name: "CImageIO", providers: [.apt(["libjpeg62-turbo-dev", "libpng-dev"])]),
    .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "COneDNN", cxxSettings: oneDNN.headers,
      linkerSettings: oneDNN.library + [.linkedLibrary("gomp")]),

    // Numbers, and networks as values.
    .target(name: "Files"),
    .target(
      name: "Tensors",
      dependencies: [
        "Files", .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(name: "Layers", dependencies: ["Tensors"]),
    .target(name: "Zoo", dependencies: ["Layers"], path: "zoo", exclude: ["README.md", "assets"]),
    .target(name: "Boxes"),

    // Files of weights and of pictures.
    .target(name: "HDF5", dependencies: ["CHDF5", "Files", "Tensors"]),
    .target(
      name: "Importing", dependencies: ["Files", "Layers", "Tensors"],
      path: "converters/Importing"),
    .target(
      name: "KerasConverter", dependencies: ["Files", "HDF5", "Importing", "Layers", "Tensors"],
      path: "converters/Keras"),
    .target(
      name: "Safetensors", dependencies: ["Files", "Importing", "Layers", "Tensors"],
      path: "converters/Safetensors"),
    .target(
      name: "PyTorchConverter",
      dependencies: ["Files", "Importing", "Layers", "Safetensors", "Tensors"],
      path: "converters/PyTorch"),
    .target(
      name: "TensorFlowConverter", dependencies: ["Files", "Importing", "Layers", "Tensors"],
      path: "converters/TensorFlow"),
    .target(
      name: "WeightFormats",
      dependencies: [
        "Files", "HDF5", "Importing", "KerasConverter", "Layers", "PyTorchConverter",
        "Safetensors", "Tensors", "TensorFlowConverter",
      ], path: "converters/WeightFormats"),
    .target(name: "Downloads", dependencies: ["CCurl", "CCrypto", "CZlib", "Files"]),
    .target(name: "Datasets", dependencies: ["Boxes", "Tensors", "CImageIO", "CExpat"]),

    // Pictures for people.
    .target(name: "Drawing", dependencies: ["Boxes", "Datasets"]),
    .target(name: "Scenes", dependencies: ["Boxes", "Datasets"]),

    // What runs.
    .target(name: "Engine", dependencies: ["COneDNN", "Layers"]),
    .target(name: "Detection", dependencies: ["Engine", "Layers", "Boxes", "Datasets"]),
    .target(name: "Evaluation", dependencies: ["Boxes", "Datasets"]),
    .target(
      name: "Training",
      dependencies: [
        "Detection", "Evaluation", "Engine", "Datasets", "Boxes", "Files", "Importing",
        "KerasConverter", "HDF5", "Layers",
      ]),
    .executableTarget(
      name: "ZooCommand",
      dependencies: [
        "Files", "Zoo", "HDF5", "Importing", "KerasConverter", "WeightFormats", "Downloads",
        "Boxes", "Datasets", "Drawing", "Scenes", "Engine", "Detection", "Evaluation", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(name: "FilesTests", dependencies: ["Files", "Mutations"]),
    .testTarget(name: "TensorsTests", dependencies: ["Files", "Tensors"]),
    .testTarget(name: "LayersTests", dependencies: ["Layers"]),
    .testTarget(name: "ZooTests", dependencies: ["Zoo"], exclude: ["Fixtures"]),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5"], exclude: ["Fixtures"]),
    .testTarget(
      name: "ImportingTests", dependencies: ["Importing", "Layers", "Tensors", "Zoo"]),
    .testTarget(
      name: "SafetensorsTests",
      dependencies: ["Importing", "Layers", "Mutations", "Safetensors", "Tensors"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "PyTorchConverterTests",
      dependencies: [
        "Engine", "Importing", "Layers", "Mutations", "PyTorchConverter", "Safetensors", "Tensors",
        "Zoo",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "TensorFlowConverterTests",
      dependencies: ["Importing", "Layers", "Mutations", "TensorFlowConverter", "Tensors", "Zoo"],
      exclude: ["Fixtures"]),
    // Damage for files, a program that looks for what readers make of it, a server and archives.
    .target(name: "Mutations", path: "Tests/Mutations"),
    .executableTarget(
      name: "WeightFuzzer", dependencies: ["Importing", "Mutations", "Tensors", "WeightFormats"],
      path: "Tests/WeightFuzzer"),
    .testTarget(
      name: "WeightFormatsTests",
      dependencies: ["Files", "Importing", "Mutations", "Tensors", "WeightFormats"],
      exclude: ["Fixtures"]),
    .target(name: "LocalServer", path: "Tests/LocalServer"),
    .testTarget(name: "DownloadsTests", dependencies: ["Downloads", "Files", "LocalServer"]),
    .testTarget(
      name: "KerasConverterTests",
      dependencies: ["Importing", "KerasConverter", "Mutations", "Zoo"],
      exclude: ["Fixtures"]),
    .testTarget(name: "BoxesTests", dependencies: ["Boxes"]),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "Boxes"], exclude: ["Fixtures"]),
    .testTarget(name: "DrawingTests", dependencies: ["Drawing", "Datasets", "Boxes"]),
    .testTarget(name: "ScenesTests", dependencies: ["Scenes", "Datasets", "Boxes"]),
    // Networks so small that tests of several rooms can train them.
    .target(name: "TinyNetworks", dependencies: ["Layers"], path: "Tests/TinyNetworks"),
    .testTarget(
      name: "DetectionTests",
      dependencies: [
        "COneDNN", "Detection", "Engine", "Datasets", "Boxes", "TinyNetworks", "Zoo",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "Datasets", "Boxes"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "EngineTests",
      dependencies: ["COneDNN", "Engine", "Zoo", "Importing", "KerasConverter", "HDF5"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Detection", "Evaluation", "Datasets", "Boxes", "Importing", "Scenes",
        "TinyNetworks", "Zoo",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "ZooCommandTests",
      dependencies: [
        "Datasets", "Engine", "HDF5", "Importing", "KerasConverter", "LocalServer", "Zoo",
        "ZooCommand",
      ],
      exclude: ["Fixtures"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}
