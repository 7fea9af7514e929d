"""Workers, one for each job: forked from a process that has read all the code, so that another one is there at once.

Reads a job a line from its standard input and answers a line: how the worker ended, what it returned, what it passed.
"""

import json
import os
import sys
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

import django
import time_machine
from django.utils.module_loading import import_string


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration_manager.settings")
    django.setup()
    acts = "tools.kill_points.acts"
    import_string(f"{acts}.app").loader.import_default_modules()  # everything is read before the first fork
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a job prints is no answer
    for line in sys.stdin:
        job = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _work(acts, job, writing)
        os.close(writing)
        with os.fdopen(reading) as told:
            said = told.read()
        _, status = os.waitpid(child, 0)
        answers.write(json.dumps({"signal": os.WTERMSIG(status), **(json.loads(said) if said else {})}) + "\n")


def _work(acts: str, job: dict[str, Any], writing: int) -> None:
    """Do one job, and end the process."""
    arm = import_string("tools.kill_points.armed.arm")
    connections = import_string("django.db.connections")
    connections["default"].settings_dict["NAME"] = job["database"]
    passed = arm(job.get("kill_at", ""))
    code = 0
    with os.fdopen(writing, "w") as answer, time_machine.travel(_moment(job["ahead"]), tick=True):
        try:
            answer.write(json.dumps({"returned": import_string(f"{acts}.{job['act']}")(**job.get("with", {}))})[:-1])
            answer.write(f', "passed": {json.dumps(list(passed.names))}}}')
        except BaseException:  # noqa: BLE001  the driver has to hear of whatever it was
            traceback.print_exc()
            answer.write(json.dumps({"raised": traceback.format_exc()}))
            code = 1
    os._exit(code)


def _moment(ahead: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=ahead)


if __name__ == "__main__":
    main()
