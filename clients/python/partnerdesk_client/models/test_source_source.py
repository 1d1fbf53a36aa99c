from typing import Literal

TestSourceSource = Literal["copecart", "custom", "digistore24", "stripe"]

TEST_SOURCE_SOURCE_VALUES: set[TestSourceSource] = {
    "copecart",
    "custom",
    "digistore24",
    "stripe",
}


def check_test_source_source(value: str) -> TestSourceSource:
    if value in TEST_SOURCE_SOURCE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TEST_SOURCE_SOURCE_VALUES!r}")
