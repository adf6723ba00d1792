"""Stage train_als: train pairs -> ALS factors and the registered model interestlake.als."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import BadInput
from ..models.als import factors, fit_als
from ..tracking import signature_of
from .stage import Stage, StageContext

REGISTERED = "interestlake.als"
REQUIREMENTS = ["pyspark==3.5.9", "numpy==1.26.4", "pandas==2.2.3", "pyarrow==12.0.1"]


def _run(context: StageContext) -> dict[str, float]:
    train = context.read("silver.interactions").where("split = 'train'").persist()
    first = train.select("user_index", "item_index").orderBy("user_index", "item_index").limit(2).toPandas()
    if first.empty:
        raise BadInput.of(
            "silver.interactions",
            found="no train pair",
            expected="at least one",
            where="conf/params/prepare.yml",
        )
    model = fit_als(context.params.als, context.options.seed)(train)
    user_factors, item_factors = factors(model)
    users, items = context.write_all({
        "models.als_user_factors": user_factors,
        "models.als_item_factors": item_factors,
    })
    with tempfile.TemporaryDirectory() as folder:
        version = context.tracker.log_model(
            "spark",
            "als",
            REGISTERED,
            tags={"table": f"silver.interactions@v{context.read_versions['silver.interactions']}"},
            spark_model=model,
            dfs_tmpdir=str(Path(folder) / "model"),
            signature=signature_of(first, pd.DataFrame({"prediction": np.zeros(len(first), np.float32)})),
            input_example=first,
            pip_requirements=REQUIREMENTS,
        )
    train.unpersist()
    context.log.info("      registered %s version %s", REGISTERED, version)
    return {"users": users.rows, "items": items.rows}


TRAIN_ALS = Stage(
    name="train_als",
    summary="implicit ALS on the train pairs; register interestlake.als",
    reads=("silver.interactions",),
    writes=("models.als_user_factors", "models.als_item_factors"),
    section="als",
    run=_run,
)
