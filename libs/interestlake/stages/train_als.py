"""Stage train_als: every pair -> ALS factors by the engine that fits, and the registered model interestlake.als."""

import numpy as np
import pandas as pd

from ..core.errors import BadInput
from ..core.lake import one_row
from ..core.lineage import shared_folder
from ..core.stage import Stage, StageContext
from ..core.storage import filesystem
from ..core.tracking import signature_of
from ..graph.als import factors
from ..graph.als_engine import fit_with, plan_for

REGISTERED = "interestlake.als"
REQUIREMENTS = ["pyspark==3.5.9", "numpy==1.26.4", "pandas==2.2.3", "pyarrow==12.0.1"]


def _run(context: StageContext) -> dict[str, float]:
    # nothing is judged by these factors: the models that are judged are fitted by the stage recommend
    pairs = context.read("silver.interactions").persist()
    first = pairs.select("user_index", "item_index").orderBy("user_index", "item_index").limit(2).toPandas()
    if first.empty:
        raise BadInput.of(
            "silver.interactions",
            found="no pair",
            expected="at least one",
            where="conf/params/prepare.yml",
        )
    plan = plan_for(context.params.als)(pairs)
    context.log.info("      engine %s: %s", plan.engine, plan.reason)
    context.tracker.tag_stage({"als.engine": plan.engine, "als.engine_reason": plan.reason})
    model = fit_with(plan, context.params.als, context.options.seed)(pairs)
    user_factors, item_factors = factors(model)
    users, items, _ = context.write_all(
        {
            "models.als_user_factors": user_factors,
            "models.als_item_factors": item_factors,
            "models.als_fit": one_row(context.spark, "models.als_fit", plan.row()),
        }
    )
    with shared_folder(context.spark, context.lake.root, f"{context.options.run_id}-als") as folder:
        version = context.tracker.log_model(
            "spark",
            "als",
            REGISTERED,
            tags={
                "table": f"silver.interactions@v{context.read_versions['silver.interactions']}",
                "engine": plan.engine,
            },
            spark_model=model,
            dfs_tmpdir=f"{folder}/model",
            system=filesystem(context.spark, folder)[0],
            signature=signature_of(first, pd.DataFrame({"prediction": np.zeros(len(first), np.float32)})),
            input_example=first,
            pip_requirements=REQUIREMENTS,
        )
    pairs.unpersist()
    context.log.info("      registered %s version %s", REGISTERED, version)
    return {"users": users.rows, "items": items.rows}


TRAIN_ALS = Stage(
    name="train_als",
    summary="implicit-feedback ALS on every pair, on Spark or on one executor; register interestlake.als",
    reads=("silver.interactions",),
    writes=("models.als_user_factors", "models.als_item_factors", "models.als_fit"),
    section="als",
    run=_run,
    pure=True,
)
