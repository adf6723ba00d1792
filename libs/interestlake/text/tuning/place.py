"""Where a tuned model lies: a folder, or an address in an MLflow store."""

from pathlib import Path

from .saved import DESCRIPTION, FOLDER


def find_model(place: str, tracking_uri: str | None) -> str:
    """A train-... command's --out or its folder model, or models:/NAME@ALIAS, runs:/... -> the folder with task.json.

    A path is given back as it is where it holds none, for the loader to say so; an address that the store does not know
    raises BadInput.
    """
    if ":/" in place and not Path(place).exists():
        from ...core.registered import served_folder

        place = str(served_folder(place, tracking_uri))
    inner = Path(place) / FOLDER
    return str((inner if (inner / DESCRIPTION).is_file() else Path(place)).absolute())
