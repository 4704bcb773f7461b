"""Makes a fresh clone ready for `make run` or `make test`; does nothing when it is ready."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

from services.embedded.browser import find as find_browser
from services.embedded.browser import obtain as obtain_browser
from services.embedded.errors import CannotStart
from services.embedded.rabbitmq import obtain as obtain_broker
from services.embedded.rabbitmq import search as find_broker
from services.embedded.redis import find as find_redis
from services.embedded.redis import obtain as obtain_redis
from services.embedded.setup.checks import check
from services.embedded.setup.packages import PYTHON, ROOT, packages, project, virtual_environment
from services.embedded.setup.page import page
from services.embedded.setup.steps import Failed, Progress, run, step

LOCKS = {"run": "run.txt", "test": "dev.txt", "check": "dev.txt"}


def main() -> int:
    goal = sys.argv[1] if len(sys.argv) > 1 else "run"
    os.umask(0o022)  # our neighbours may run as another account and must read what we install
    os.chdir(ROOT)
    folder = Path(os.environ.get("IMGCAP_DATA") or "data").resolve()
    began = monotonic()
    try:
        virtual_environment()
        with ThreadPoolExecutor() as beside:
            steps = [beside.submit(programs, goal)]
            packages(ROOT / "requirements" / LOCKS[goal])
            project()
            if goal == "check":
                return check()
            steps.append(beside.submit(models, folder))
            page()
            for step_beside in steps:
                step_beside.result()
    except (Failed, CannotStart) as error:
        print(f"\nimgcap: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nimgcap: interrupted; the next run goes on from here", file=sys.stderr)
        return 130
    if monotonic() - began > 1:
        print(f"  ✓ all set up ({monotonic() - began:.1f} s)", flush=True)
    return 0


def programs(goal: str) -> None:
    """What comes from the system's packages, which keeps another core busy than pip does."""
    if goal != "check":
        broker()
    if goal == "test":
        browser()
        redis()


def broker() -> None:
    """A RabbitMQ, unless the user has one somewhere else."""
    if os.environ.get("IMGCAP_BROKER__URL") or find_broker():
        return
    progress = Progress("getting RabbitMQ")
    progress.end(obtain_broker())


def models(folder: Path) -> None:
    """The module itself knows when there is nothing to do; it says so by saying nothing."""
    if os.environ.get("IMGCAP_MODELS") or not (ROOT / "services/common/models.py").exists():
        return
    names = ("label.onnx", "subject.onnx", "thing.onnx", "text.onnx", "tokenizer.json")
    argv = [PYTHON, "-m", "services.common.models", folder / "models"]
    if all((folder / "models" / name).exists() for name in names):
        run(argv)
        return
    with step("getting the models") as progress:
        run(argv, progress.show)


def browser() -> None:
    """A Chromium for the tests of the page."""
    if find_browser():
        return
    progress = Progress("getting Chromium")
    progress.end(obtain_browser())


def redis() -> None:
    """A Redis for the tests of the limits; `make run` needs none."""
    if find_redis():
        return
    progress = Progress("getting Redis")
    progress.end(obtain_redis())


if __name__ == "__main__":
    sys.exit(main())
