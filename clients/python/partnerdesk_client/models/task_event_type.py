from typing import Literal

TaskEventType = Literal["task.closed", "task.opened"]

TASK_EVENT_TYPE_VALUES: set[TaskEventType] = {
    "task.closed",
    "task.opened",
}


def check_task_event_type(value: str) -> TaskEventType:
    if value in TASK_EVENT_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TASK_EVENT_TYPE_VALUES!r}")
