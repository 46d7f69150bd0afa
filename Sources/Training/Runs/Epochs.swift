/// Where the steps of a run stand among its epochs.
///
/// Steps take pictures from one endless row of epochs, so every step has as many, and every picture
/// is seen equally often, whether or not the one number divides the other.
struct Epochs: Hashable {
  let exampleCount: Int
  let batch: Int
  let count: Int

  /// How many steps the run has.
  var stepCount: Int { (exampleCount * count + batch - 1) / batch }

  /// How many pictures the run sees.
  var pictureCount: Int { stepCount * batch }

  /// How many epochs are over after that many steps.
  func completed(after steps: Int) -> Int { min(count, steps * batch / exampleCount) }

  /// The epoch and the place in it of a picture, both from 0.
  func place(of picture: Int) -> (epoch: Int, position: Int) {
    let (epoch, position) = picture.quotientAndRemainder(dividingBy: exampleCount)
    return (epoch, position)
  }
}
