import Layers
import Testing
import Zoo

@Suite struct VGGTests {
  @Test("Implementations differ in preprocessing alone")
  func variants() throws {
    for depth in VGG.Depth.allCases {
      let keras = VGG(depth)
      let lines = try Graph(keras.stages, input: keras.imageShape).lines
      for variant in Variant.allCases {
        let network = VGG(depth, variant: variant)
        #expect(try Graph(network.stages, input: network.imageShape).lines == lines)
      }
    }
    #expect(try VGG(.sixteen).regionSide == VGG(.sixteen).sideAfterBridge)
    #expect(VGG(.sixteen).preprocessing == .caffe())
    #expect(VGG(.sixteen, variant: .torchvision).preprocessing == .torch())
    #expect(VGG(.sixteen, variant: .slim).preprocessing == .slim())
  }
}
