internal import Files
internal import Importing
internal import Tensors

/// A checkpoint of version 1: one table, whose values are messages `SavedTensorSlices`.
///
/// The first value, of the empty key, lists all tensors; each other one is a tensor or a part of one.
final class SliceTable {
  let path: String
  /// The tensors in the file's own order, each with type and shape.
  let variables: [TensorFlowVariable]
  private let table: SortedTable
  private var places: [String: Place] = [:]
  /// The blocks, by number, that have been compared with their checksum.
  private var checked: Set<Int> = []

  private struct Place {
    let block: Int
    let numbers: NumberLocation
  }

  init(_ file: FileWindow) throws {
    path = file.path
    table = try SortedTable(file)
    var list: [TensorFlowVariable]?
    var places: [String: Place] = [:]
    var known: [String: TensorFlowVariable] = [:]
    for (number, block) in table.blocks.enumerated() {
      try table.forEachEntry(of: block) { entry throws in
        let message = ProtobufCursor(
          file, in: entry.value,
          place: .init(file: file.path, object: "record at \(entry.value.lowerBound)"))
        guard !entry.key.isEmpty else {
          let variables = try Self.list(message)
          known = Dictionary(variables.map { ($0.name, $0) }) { first, _ in first }
          guard known.count == variables.count else {
            throw message.place.damaged("it lists a tensor twice")
          }
          list = variables
          return
        }
        guard let (variable, numbers) = try Self.slice(message, of: known) else { return }
        guard places.updateValue(Place(block: number, numbers: numbers), forKey: variable) == nil
        else { throw Self.partitioned(file.path, variable) }
      }
    }
    guard let list else {
      throw ImportError.notWeights(file: file.path, found: "a table that lists no tensors")
    }
    for variable in list where variable.type.elementType != nil && places[variable.path] == nil {
      throw ImportError.damaged(
        file: file.path, object: variable.name, reason: "its numbers are missing")
    }
    (variables, self.places) = (list, places)
  }

  /// Reads a tensor's numbers, and compares the block they are in with its checksum.
  func read(_ path: String, shape: [Int], type: ElementType) throws -> Tensor {
    guard let place = places[path] else {
      throw ImportError.damaged(file: self.path, object: path, reason: "there is no such tensor")
    }
    if !checked.contains(place.block) {
      try table.check(table.blocks[place.block])
      checked.insert(place.block)
    }
    return try TensorMessage.read(
      place.numbers, shape: shape, type: type, from: table.file, path: path)
  }

  private static func partitioned(_ file: String, _ name: String) -> ImportError {
    .unreadableForm(
      file: file, form: "a checkpoint with variables in several pieces (\(name))",
      advice: "restore it in TensorFlow without a partitioner and save it again")
  }

  /// Reads what the file says of all its tensors.
  private static func list(
    _ message: ProtobufCursor<FileWindow>
  ) throws -> [TensorFlowVariable] {
    var message = message
    var variables: [TensorFlowVariable] = []
    while let (field, value) = try message.next() {
      guard field == 1, let range = value.range else { continue }
      var meta = message.inner(range)
      while let (field, value) = try meta.next() {
        guard field == 1, let range = value.range else { continue }
        variables.append(try variable(meta.inner(range)))
      }
    }
    return variables
  }

  private static func variable(
    _ message: ProtobufCursor<FileWindow>
  ) throws -> TensorFlowVariable {
    var message = message
    var (name, extents, type, parts) = ("", [Int](), DataType(number: 0), 0)
    while let (field, value) = try message.next() {
      switch (field, value) {
      case (1, .range(let range)): name = try message.text(range)
      case (2, .range(let range)): extents = try shape(message.inner(range))
      case (3, .varint(let number)): type = DataType(number: Int(truncatingIfNeeded: number))
      case (4, _): parts += 1
      default: break
      }
    }
    guard parts <= 1 || type.elementType == nil else {
      throw partitioned(message.place.file, name)
    }
    return TensorFlowVariable(path: name, name: name, shape: extents, type: type)
  }

  /// Reads where a tensor's numbers are; nil for one of another type than networks run on.
  private static func slice(
    _ message: ProtobufCursor<FileWindow>, of known: [String: TensorFlowVariable]
  ) throws -> (name: String, numbers: NumberLocation)? {
    var message = message
    while let (field, value) = try message.next() {
      guard field == 2, let range = value.range else { continue }
      var slice = message.inner(range)
      var name: String?
      var data: Range<Int>?
      while let (field, value) = try slice.next() {
        switch (field, value) {
        case (1, .range(let range)): name = try slice.text(range)
        case (3, .range(let range)): data = range
        default: break
        }
      }
      guard let name, let data, let variable = known[name] else {
        throw slice.place.damaged("it is of no tensor that the file lists")
      }
      let content = ProtobufCursor(
        message.source, in: data, place: .init(file: message.place.file, object: name))
      return try TensorMessage(content, known: (variable.type, variable.shape)).map {
        (name, $0.numbers)
      }
    }
    throw message.place.damaged("it holds no numbers")
  }
}
