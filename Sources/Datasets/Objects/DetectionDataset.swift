public import Boxes

/// Images with the objects in them, of named classes.
public struct DetectionDataset: Hashable, Sendable {
  /// The classes' names, of which a label is the index; the background is none of them.
  public var classes: [String]
  public var images: [AnnotatedImage]

  public init(classes: [String], images: [AnnotatedImage]) {
    (self.classes, self.images) = (classes, images)
  }
}

/// An image file with the objects in it.
public struct AnnotatedImage: Hashable, Sendable {
  /// What the data set calls the image: in VOC the file's name without its ending, in COCO the
  /// number.
  public var name: String
  /// Where the file is.
  public var path: String
  /// The extent from left to right, in pixels of the upright image.
  public var width: Int
  /// The extent from top to bottom, in pixels of the upright image.
  public var height: Int
  public var objects: [AnnotatedObject]

  public init(
    name: String, path: String, width: Int, height: Int, objects: [AnnotatedObject]
  ) {
    (self.name, self.path, self.width, self.height) = (name, path, width, height)
    self.objects = objects
  }
}

/// An object that somebody has drawn a box around.
public struct AnnotatedObject: Hashable, Sendable {
  /// The index of its class.
  public var label: Int
  /// Where it is, in pixels of the upright image, whose first pixel lies between the edges 0 and 1.
  public var box: Box
  /// Whether it is so hard to see that it counts neither if it is found nor if it is not, as in
  /// VOC.
  public var isDifficult: Bool
  /// A group in one box, COCO's `iscrowd`: any number of detections in it are not counted.
  public var isCrowd: Bool
  /// COCO's area of the outline in square pixels, by which it calls an object small; nil for the
  /// box's own.
  public var outlineArea: Float?
  /// Whether a part of it lies outside of the image or is covered, as in VOC.
  public var isTruncated: Bool

  public init(
    label: Int, box: Box, isDifficult: Bool = false, isCrowd: Bool = false,
    outlineArea: Float? = nil, isTruncated: Bool = false
  ) {
    (self.label, self.box, self.isDifficult, self.isCrowd) = (label, box, isDifficult, isCrowd)
    (self.outlineArea, self.isTruncated) = (outlineArea, isTruncated)
  }
}
