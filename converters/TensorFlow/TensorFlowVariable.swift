internal import Importing
internal import Tensors

/// A variable of a checkpoint or a constant of a graph, under TensorFlow's name.
struct TensorFlowVariable {
  /// Where the file has it.
  let path: String
  /// What the program that made it called it, for example `resnet_v1_50/conv1/weights`.
  let name: String
  let shape: [Int]
  let type: DataType
}

/// Where a variable's numbers are.
enum NumberLocation {
  /// The bytes as they are in memory, the low one first.
  case bytes(Range<Int>)
  /// 16-bit numbers, each with seven bits a byte.
  case varints(Range<Int>)
  /// One number, as it is in memory, for all.
  case repeated([UInt8])
}

/// Extents, read from a message `TensorShapeProto`.
func shape<Source>(_ message: ProtobufCursor<Source>) throws -> [Int] {
  var message = message
  var extents: [Int] = []
  var product = 1
  while let (field, value) = try message.next() {
    guard field == 2, let range = value.range else {
      if field == 3, value.integer != 0 { throw message.place.damaged("it has no shape") }
      continue
    }
    var dimension = message.inner(range)
    var extent = 0
    while let (field, value) = try dimension.next() {
      if field == 1, let size = value.integer { extent = size }
    }
    let (count, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
    // Eight bytes for each number at most must remain countable.
    guard extent >= 0, !overflow, count <= Int.max / 8, extents.count < 16 else {
      throw message.place.damaged("the shape is beyond any memory")
    }
    product = count
    extents.append(extent)
  }
  return extents
}
