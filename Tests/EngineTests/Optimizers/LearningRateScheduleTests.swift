import Testing

@testable import Engine

@Suite struct LearningRateScheduleTests {
  @Test func warmUpRisesInALineAndEndsAtTheFullRate() {
    let schedule = LearningRateSchedule(rate: 1, total: 10, warmUpSteps: 4, warmUpFactor: 0.5)
    // 0.5 + 0.5 · step / 4.
    #expect((0...5).map(schedule.rate) == [0.5, 0.625, 0.75, 0.875, 1, 1])
    #expect(schedule.rate(at: 9) == 1)
  }

  @Test func stepsMultiplyFromTheirStepOn() {
    let schedule = LearningRateSchedule(
      rate: 8, total: 100, decay: .step(at: [60, 90], factor: 0.25))
    #expect([0, 59, 60, 89, 90, 99, 500].map(schedule.rate) == [8, 8, 2, 2, 0.5, 0.5, 0.5])
    #expect(
      LearningRateSchedule.Decay.step(atFractions: [0.6, 0.9], of: 100, factor: 0.25)
        == .step(at: [60, 90], factor: 0.25))
  }

  @Test func cosineFallsFromTheEndOfTheWarmUpToTheFloor() {
    let schedule = LearningRateSchedule(
      rate: 1, total: 12, warmUpSteps: 4, decay: .cosine(floor: 0.5))
    // After the warm-up 0.5 + 0.25 · (1 + cos(π · (step − 4) / 8)).
    #expect([0, 4, 8, 12, 20].map(schedule.rate) == [0, 1, 0.75, 0.5, 0.5])
    #expect(abs(schedule.rate(at: 11) - 0.519_030_1) < 1e-6)
  }
}
