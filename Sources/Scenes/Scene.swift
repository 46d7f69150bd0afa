public import Datasets

/// A made picture and what is in it.
public struct Scene: Hashable, Sendable {
  /// The picture.
  public var image: Image
  /// What can be seen of objects of ``SceneClasses``, with boxes at whole numbers.
  public var objects: [AnnotatedObject]

  public init(image: Image, objects: [AnnotatedObject]) {
    (self.image, self.objects) = (image, objects)
  }
}
