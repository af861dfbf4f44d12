from brightline.providers.health import Health, HealthRule, HealthState


class Hands:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def fallen(clock: Hands) -> Health:
    health = Health(clock, HealthRule(failures=3, rest_seconds=4, longest_rest_seconds=10))
    for _ in range(3):
        assert health.state is HealthState.UP
        assert health.admit()
        health.fail()
    return health


def test_failures_in_a_row_mean_down_and_a_success_between_them_does_not() -> None:
    clock = Hands()
    health = Health(clock, HealthRule(failures=2))
    for _ in range(5):
        health.fail()
        health.succeed()
    assert health.state is HealthState.UP
    assert health.seconds_left == 0
    health = fallen(clock)
    assert health.state is HealthState.DOWN
    assert not health.open
    assert not health.admit()
    assert health.seconds_left == 4
    assert (health.requests, health.failures) == (3, 3)


def test_after_its_rest_one_request_probes() -> None:
    clock = Hands()
    health = fallen(clock)
    clock.now += 4
    assert health.state is HealthState.PROBING
    assert health.open
    assert health.admit()
    assert not health.open
    assert not health.admit()
    health.succeed()
    assert health.state is HealthState.UP


def test_each_failed_probe_doubles_the_rest_up_to_a_ceiling() -> None:
    clock = Hands()
    health = fallen(clock)
    for rest in (8, 10, 10):
        clock.now += 100
        assert health.admit()
        health.fail()
        assert health.seconds_left == rest


def test_a_probe_given_up_leaves_room_for_another() -> None:
    clock = Hands()
    health = fallen(clock)
    clock.now += 5
    assert health.admit()
    health.release()
    assert health.admit()


def test_what_was_under_way_when_it_fell_changes_nothing() -> None:
    health = fallen(Hands())
    health.fail()
    assert health.seconds_left == 4
