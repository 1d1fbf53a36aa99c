"""The model of docs/performance.md, Sizing, says of known work what was measured, and names what a fleet waits for."""

from bench.sizing import CALIBRATION, OTHERS, a_second, minutes_of_fleet, minutes_of_tenant, usable_share


def test_the_model_is_right_of_what_it_was_taken_from_and_never_a_fifth_off_elsewhere() -> None:
    share = usable_share()
    assert round(a_second(CALIBRATION, 2, share), 9) == CALIBRATION.measured
    for work in OTHERS:
        assert abs(a_second(work, 2, share) / work.measured - 1) < 0.2, work.name


def test_a_tenant_waits_for_its_provider_and_many_tenants_for_cores() -> None:
    assert round(minutes_of_tenant(200), 1) == 11.1
    assert minutes_of_fleet(1, 200, 2, usable_share()) == (minutes_of_tenant(200), "provider")
    minutes, waits_for = minutes_of_fleet(1000, 200, 8, usable_share())
    assert (round(minutes / 60), waits_for) == (6, "cores")
    assert minutes_of_fleet(1000, 200, 16, usable_share())[0] == minutes / 2
