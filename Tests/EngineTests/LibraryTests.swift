import COneDNN
import Engine
import Testing

@Suite struct LibraryTests {
  @Test("The oneDNN that runs is the one whose headers were compiled")
  func versions() {
    let (library, headers) = (onednn_library_version(), onednn_header_version())
    #expect(library.major == headers.major)
    #expect(library.minor == headers.minor)
    #expect(library.patch == headers.patch)
  }

  @Test("The default precision is one that the machine has")
  func precision() {
    #expect((Precision.fastest == .bfloat16) == onednn_has_bfloat16())
  }
}
