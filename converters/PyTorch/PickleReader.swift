internal import Files

/// Reads a pickle of Python's, protocols 2 to 5, and executes nothing of it.
///
/// A pickle is a program for a machine with a stack, which can call any function of Python. Of its
/// instructions only those are known that `torch.save` writes for a dictionary of tensors, and of
/// functions only the few of ``PickleGlobal``, for each of which a value is made here. Anything else
/// is refused with its name.
struct PickleReader {
  /// The most bytes that a pickle may have: the tensors' numbers lie outside it.
  static let maximumByteCount = 1 << 26
  /// The most instructions: a tensor takes about forty.
  private static let maximumInstructionCount = 1 << 21
  /// The most entries that dictionaries may be made of at once: one list can be used many times.
  private static let maximumEntryCount = 1 << 20

  private(set) var values = PickleValues()
  private var stack: [PickleValue] = []
  /// How deep the stack was at each mark that is still open.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var entryCount = 0

  /// Reads one pickle and leaves the stream behind it.
  mutating func read(_ stream: inout ByteStream) throws(PickleFlaw) -> PickleValue {
    (stack, marks, memo) = ([], [], [:])
    let start = stream.position
    for _ in 0..<Self.maximumInstructionCount {
      guard stream.position - start <= Self.maximumByteCount else { break }
      let code = try byte(&stream)
      if code == PickleCode.stop {
        let value = try pop()
        guard stack.isEmpty, marks.isEmpty else { throw PickleFlaw.damaged("ends too early") }
        return value
      }
      try execute(code, &stream)
    }
    throw .tooLarge("a pickle of more instructions than any dictionary of tensors has")
  }

  private mutating func execute(_ code: UInt8, _ stream: inout ByteStream) throws(PickleFlaw) {
    switch code {
    case PickleCode.proto:
      let version = try byte(&stream)
      guard 2...5 ~= version else { throw PickleFlaw.forbidden("pickle protocol \(version)") }
    case PickleCode.frame: _ = try number(&stream, 8)
    case PickleCode.mark: marks.append(stack.count)
    case PickleCode.none: stack.append(.none)
    case PickleCode.newTrue: stack.append(.boolean(true))
    case PickleCode.newFalse: stack.append(.boolean(false))
    case PickleCode.binInt1: stack.append(.integer(try number(&stream, 1)))
    case PickleCode.binInt2: stack.append(.integer(try number(&stream, 2)))
    case PickleCode.binInt:
      let bits = UInt32(truncatingIfNeeded: try number(&stream, 4))
      stack.append(.integer(Int(Int32(bitPattern: bits))))
    case PickleCode.long1: try pushLong(&stream, try number(&stream, 1))
    case PickleCode.long4: try pushLong(&stream, try number(&stream, 4))
    case PickleCode.binFloat:
      _ = try bytes(&stream, 8)
      stack.append(.number)
    case PickleCode.shortBinString, PickleCode.shortBinUnicode: try pushText(&stream, sizeOf: 1)
    case PickleCode.binString, PickleCode.binUnicode: try pushText(&stream, sizeOf: 4)
    case PickleCode.binUnicode8: try pushText(&stream, sizeOf: 8)
    case PickleCode.emptyTuple: pushTuple([])
    case PickleCode.tuple1: try pushTuple(1)
    case PickleCode.tuple2: try pushTuple(2)
    case PickleCode.tuple3: try pushTuple(3)
    case PickleCode.tuple: pushTuple(try popToMark())
    case PickleCode.emptyList:
      stack.append(.list(values.lists.count))
      values.lists.append([])
    case PickleCode.emptyDictionary: pushDictionary([])
    case PickleCode.append: try append([try pop()])
    case PickleCode.appends: try append(try popToMark())
    case PickleCode.setItem:
      let value = try pop()
      try setItems([try pop(), value])
    case PickleCode.setItems: try setItems(try popToMark())
    case PickleCode.binPut: memo[try number(&stream, 1)] = try top()
    case PickleCode.longBinPut: memo[try number(&stream, 4)] = try top()
    case PickleCode.memoize: memo[memo.count] = try top()
    case PickleCode.binGet: try pushMemo(try number(&stream, 1))
    case PickleCode.longBinGet: try pushMemo(try number(&stream, 4))
    case PickleCode.global:
      let module = try line(&stream)
      try pushGlobal(module: module, name: try line(&stream))
    case PickleCode.stackGlobal:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw PickleFlaw.damaged("names something without a text")
      }
      try pushGlobal(module: module, name: name)
    case PickleCode.reduce:
      let arguments = try pop()
      try call(try pop(), arguments)
    case PickleCode.build:
      // The state of a dictionary or a tensor beyond its content: versions of modules, hooks.
      _ = try pop()
      guard isDictionaryOrTensor(try top()) else {
        throw PickleFlaw.forbidden("the state of an object (BUILD)")
      }
    case PickleCode.binPersistent: stack.append(.storage(try storage(of: try pop())))
    default: throw .forbidden(PickleCode.name(of: code))
    }
  }

  // MARK: The stack

  private func top() throws(PickleFlaw) -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else { throw Self.emptyStack }
    return value
  }

  private mutating func pop() throws(PickleFlaw) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw Self.emptyStack
    }
    return value
  }

  private mutating func popToMark() throws(PickleFlaw) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw Self.emptyStack }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  private static let emptyStack = PickleFlaw.damaged("takes more values than it makes")

  private mutating func pushTuple(_ count: Int) throws(PickleFlaw) {
    guard stack.count - count >= marks.last ?? 0 else { throw Self.emptyStack }
    let elements = Array(stack.suffix(count))
    stack.removeLast(count)
    pushTuple(elements)
  }

  private mutating func pushTuple(_ elements: [PickleValue]) {
    stack.append(.tuple(values.tuples.count))
    values.tuples.append(elements)
  }

  private mutating func pushDictionary(_ entries: [(key: PickleValue, value: PickleValue)]) {
    stack.append(.dictionary(values.dictionaries.count))
    values.dictionaries.append(entries)
  }

  private mutating func pushMemo(_ index: Int) throws(PickleFlaw) {
    guard let value = memo[index] else { throw .damaged("uses the value \(index) it has not kept") }
    stack.append(value)
  }

  private mutating func pushGlobal(module: String, name: String) throws(PickleFlaw) {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw .forbidden("\(module).\(name)".shortened)
    }
    stack.append(.global(global))
  }

  private mutating func append(_ elements: [PickleValue]) throws(PickleFlaw) {
    guard case .list(let index) = try top() else { throw .damaged("appends to what is no list") }
    values.lists[index] += elements
  }

  private mutating func setItems(_ items: [PickleValue]) throws(PickleFlaw) {
    guard case .dictionary(let index) = try top(), items.count % 2 == 0 else {
      throw .damaged("sets items of what is no dictionary")
    }
    for item in stride(from: 0, to: items.count, by: 2) {
      values.dictionaries[index].append((items[item], items[item + 1]))
    }
  }

  private func isDictionaryOrTensor(_ value: PickleValue) -> Bool {
    switch value {
    case .dictionary, .tensor: true
    default: false
    }
  }

  // MARK: What may be called

  private mutating func call(
    _ function: PickleValue, _ arguments: PickleValue
  ) throws(PickleFlaw) {
    guard case .global(let global) = function, case .tuple(let index) = arguments else {
      throw .damaged("calls what is no function")
    }
    let arguments = values.tuples[index]
    switch global {
    case .orderedDictionary: try pushOrderedDictionary(arguments)
    case .rebuildTensor(let version): try pushTensor(arguments, version: version)
    case .rebuildParameter:
      guard case .tensor? = arguments.first else { throw .damaged("a parameter without a tensor") }
      stack.append(arguments[0])
    case .size: stack.append(arguments.first ?? .other)
    case .device: stack.append(.other)
    case .storage, .scalar: throw .forbidden("a call of a type of numbers")
    }
  }

  /// Python 2 gives the items as a list of pairs, Python 3 sets them afterwards.
  private mutating func pushOrderedDictionary(_ arguments: [PickleValue]) throws(PickleFlaw) {
    var entries: [(key: PickleValue, value: PickleValue)] = []
    if let items = arguments.first {
      guard let items = values.elements(of: items) else { throw .damaged("items that are no list") }
      entryCount += items.count
      guard entryCount <= Self.maximumEntryCount else {
        throw .tooLarge("a pickle of more dictionaries than a model has")
      }
      for item in items {
        guard let pair = values.elements(of: item), pair.count == 2 else {
          throw .damaged("an item that is no pair")
        }
        entries.append((pair[0], pair[1]))
      }
    }
    pushDictionary(entries)
  }

  private mutating func pushTensor(
    _ arguments: [PickleValue], version: Int
  ) throws(PickleFlaw) {
    guard arguments.count >= 4, case .storage(let storage) = arguments[0],
      case .integer(let offset) = arguments[1], let shape = values.integers(of: arguments[2]),
      let strides = values.integers(of: arguments[3])
    else { throw .damaged("a tensor without storage, shape and strides") }
    var scalar = storage.scalar
    if version == 3 {
      guard arguments.count >= 7, case .global(.scalar(let stated)) = arguments[6] else {
        throw .damaged("a tensor without a type")
      }
      scalar = stated
    }
    let tensor = TorchTensor.checked(
      storage: storage, scalar: scalar, offset: offset, shape: shape, strides: strides)
    stack.append(.tensor(values.tensors.count))
    values.tensors.append(try tensor.get())
  }

  /// What `torch.save` keeps outside the pickle: `("storage", type, key, device, count)`, and in the
  /// older form one value more, which is `None` unless the storage is a part of another.
  private func storage(of identifier: PickleValue) throws(PickleFlaw) -> TorchStorage {
    guard let parts = values.elements(of: identifier), parts.count >= 5,
      case .text(let kind) = parts[0], kind == "storage",
      case .global(.storage(let scalar)) = parts[1], case .text(let key) = parts[2],
      case .integer(let count) = parts[4]
    else { throw .forbidden("a value outside the pickle that is no storage of numbers") }
    guard parts.count == 5 || parts[5] == .none else {
      throw .forbidden("a storage that is a part of another one")
    }
    return TorchStorage(key: key, scalar: scalar, count: count)
  }

  // MARK: The stream

  private func byte(_ stream: inout ByteStream) throws(PickleFlaw) -> UInt8 {
    do {
      if let byte = try stream.next() { return byte }
    } catch {
      throw .unreadable(error)
    }
    throw Self.end
  }

  private func number(_ stream: inout ByteStream, _ size: Int) throws(PickleFlaw) -> Int {
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(try byte(&stream)) << UInt64(8 * index) }
    guard let number = Int(exactly: value) else { throw .damaged("has an impossible number") }
    return number
  }

  private func bytes(_ stream: inout ByteStream, _ count: Int) throws(PickleFlaw) -> [UInt8] {
    guard count <= Self.maximumByteCount else {
      throw .tooLarge("a pickle with a value of \(count) bytes")
    }
    do {
      if let bytes = try stream.next(count) { return bytes }
    } catch {
      throw .unreadable(error)
    }
    throw Self.end
  }

  private static let end = PickleFlaw.damaged("breaks off")

  private mutating func pushText(
    _ stream: inout ByteStream, sizeOf size: Int
  ) throws(PickleFlaw) {
    let text = try bytes(&stream, try number(&stream, size))
    guard let text = String(validating: text, as: UTF8.self) else {
      throw .damaged("has a text that is not UTF-8")
    }
    stack.append(.text(text))
  }

  /// A whole number in two's complement, the least significant byte first.
  private mutating func pushLong(_ stream: inout ByteStream, _ size: Int) throws(PickleFlaw) {
    let bytes = try bytes(&stream, size)
    guard size <= 8 else { return stack.append(.number) }
    var value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if let last = bytes.last, last >= 0x80, size < 8 { value |= ~0 << UInt64(8 * size) }
    stack.append(.integer(Int(Int64(bitPattern: value))))
  }

  /// A text up to the end of the line.
  private func line(_ stream: inout ByteStream) throws(PickleFlaw) -> String {
    var line: [UInt8] = []
    while case let next = try byte(&stream), next != UInt8(ascii: "\n") {
      guard line.count < 1024 else { throw .damaged("has a name of more than 1024 bytes") }
      line.append(next)
    }
    guard let text = String(validating: line, as: UTF8.self) else {
      throw .damaged("has a name that is not UTF-8")
    }
    return text
  }
}
