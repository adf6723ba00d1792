"""`cleaned.clean` over a column, then masked."""

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from ..privacy.masking import mask
from .cleaned import clean


@F.pandas_udf(StringType())
def _clean(text: pd.Series) -> pd.Series:
    return text.map(clean)


# so marked, it runs once per text: a filter on its result would otherwise be pushed down with a second copy of it
_clean = _clean.asNondeterministic()


def clean_and_mask(text: Column) -> Column:
    """String column -> cleaned, then masked of e-mail, phone and card patterns; null for nothing. A pandas UDF."""
    return mask(_clean(text))
