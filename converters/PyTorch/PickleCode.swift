/// The instructions of pickles, by the letters that stand for them.
enum PickleCode {
  static let mark = UInt8(ascii: "(")
  static let stop = UInt8(ascii: ".")
  static let none = UInt8(ascii: "N")
  static let binInt = UInt8(ascii: "J")
  static let binInt1 = UInt8(ascii: "K")
  static let binInt2 = UInt8(ascii: "M")
  static let binFloat = UInt8(ascii: "G")
  static let binString = UInt8(ascii: "T")
  static let shortBinString = UInt8(ascii: "U")
  static let binUnicode = UInt8(ascii: "X")
  static let append = UInt8(ascii: "a")
  static let appends = UInt8(ascii: "e")
  static let build = UInt8(ascii: "b")
  static let global = UInt8(ascii: "c")
  static let emptyDictionary = UInt8(ascii: "}")
  static let emptyList = UInt8(ascii: "]")
  static let emptyTuple = UInt8(ascii: ")")
  static let binGet = UInt8(ascii: "h")
  static let longBinGet = UInt8(ascii: "j")
  static let binPut = UInt8(ascii: "q")
  static let longBinPut = UInt8(ascii: "r")
  static let reduce = UInt8(ascii: "R")
  static let setItem = UInt8(ascii: "s")
  static let setItems = UInt8(ascii: "u")
  static let tuple = UInt8(ascii: "t")
  static let binPersistent = UInt8(ascii: "Q")
  // Protocol 2.
  static let proto: UInt8 = 0x80
  static let tuple1: UInt8 = 0x85
  static let tuple2: UInt8 = 0x86
  static let tuple3: UInt8 = 0x87
  static let newTrue: UInt8 = 0x88
  static let newFalse: UInt8 = 0x89
  static let long1: UInt8 = 0x8A
  static let long4: UInt8 = 0x8B
  // Protocol 4.
  static let shortBinUnicode: UInt8 = 0x8C
  static let binUnicode8: UInt8 = 0x8D
  static let stackGlobal: UInt8 = 0x93
  static let memoize: UInt8 = 0x94
  static let frame: UInt8 = 0x95

  /// The name of an instruction that is not known here, for messages.
  static func name(of code: UInt8) -> String {
    let name = others[code].map { "the pickle instruction \($0)" }
    return name ?? "the pickle instruction 0x\(String(code, radix: 16))"
  }

  private static let others: [UInt8: String] = [
    UInt8(ascii: "0"): "POP", UInt8(ascii: "1"): "POP_MARK", UInt8(ascii: "2"): "DUP",
    UInt8(ascii: "F"): "FLOAT", UInt8(ascii: "I"): "INT", UInt8(ascii: "L"): "LONG",
    UInt8(ascii: "P"): "PERSID", UInt8(ascii: "S"): "STRING", UInt8(ascii: "V"): "UNICODE",
    UInt8(ascii: "d"): "DICT", UInt8(ascii: "l"): "LIST", UInt8(ascii: "g"): "GET",
    UInt8(ascii: "i"): "INST", UInt8(ascii: "o"): "OBJ", UInt8(ascii: "p"): "PUT",
    UInt8(ascii: "B"): "BINBYTES", UInt8(ascii: "C"): "SHORT_BINBYTES", 0x81: "NEWOBJ",
    0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x8E: "BINBYTES8", 0x8F: "EMPTY_SET",
    0x90: "ADDITEMS", 0x91: "FROZENSET", 0x92: "NEWOBJ_EX", 0x96: "BYTEARRAY8",
    0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
  ]
}
