"""How a file of jobs/ runs: the options of its command, and what the file itself imports."""

from collections.abc import Callable, Sequence

from .main import main


def run_job(command: str, load: Callable, argv: Sequence[str]) -> int:
    """Run what `load` imports, with the options of `interestlake <command>`; returns the exit code as it does.

    load() -> the Stage, the stages of a run, or the function that the command runs. It is called while Spark starts,
    so that a job whose options are wrong ends before anything slow is imported.
    """
    return main([command, *argv], load)
