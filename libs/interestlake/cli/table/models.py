"""Models: which there are, what they are worth, and what moves them."""

from ...core.config import FEEDBACK
from .benchmark import SIDE_FILES
from .command import Command, OneStage, OnFiles, Option, OwnStart, as_count, as_yaml
from .person import CLOSING, GRAPH, REASONS
from .shared import CONF, ENCODER, OUT, PAIRS, PRECISION, PROFILE, SEED, SPLIT_FILES, TOP, TRACKING_OR_NONE

GROUP = "models"
ADAPTERS = ("full", "lora", "adalora", "frozen")
COMPARED = "popularity,als,sasrec"
MODELS = (
    Option("--lake", "what the models need and cost on this lake, and what its last run made of each", one_of="data"),
    Option("--train", f"what they need and cost on these pairs: {PAIRS}", metavar="CSV", one_of="data", place=True),
    *SIDE_FILES,
    Option("--json", "print JSON", bool),
    CONF,
    PROFILE,
)
DISTRIBUTION = (
    *SPLIT_FILES,
    Option("--items", "item_id,title,text", metavar="CSV", required=True, place=True),
    OUT,
    Option("--adapter", "what of the encoder is trained (default lora)", choices=ADAPTERS, default="lora"),
    ENCODER,
    Option("--epochs", "at most N passes (default 12)", as_count, metavar="N"),
    Option(
        "--compare", f"models of `interestlake benchmark` beside it on the same files (default {COMPARED}; '' for "
        "none)", default=COMPARED, metavar="A,B",
    ),
    Option("--budget", "at most N fits per compared model (default: by model)", as_count, metavar="N"),
    Option("--no-refit", "keep what was trained without the validation pairs", bool),
    TOP,
    Option(
        "--protocol", "how validation is cut from train: at random (default) or each person's last pair",
        choices=("ranking", "leave-one-out"), default="ranking",
    ),
    PRECISION,
    SEED,
    TRACKING_OR_NONE,
    Option(
        "--register", "name of the model in that store (default: interestlake.distribution)", metavar="NAME"
    ),
)  # fmt: skip
REFIT = (
    Option(
        "--feedback", "user_id,item_id[,weight][,timestamp], ids as in the source; weight 0: shown and not liked",
        metavar="CSV", required=True, file=True,
    ),
    Option(
        "--rate", "what a person of the feedback counts beside one that the weights rest on (refit.rate, default 1)",
        as_yaml, metavar="R", sets="refit.rate",
    ),
    Option("--recommend", "also write everyone's lists by the moved weights", bool),
)  # fmt: skip
COMMANDS = (
    Command(
        "models", GROUP, "every model: what it needs, where it fits, its cost before a fit, what it was worth last",
        "interestlake models --lake out/lake",
        OwnStart("cli.models:models", ("interestlake.recommending.listing",)), MODELS,
    ),
    Command(
        "refit", GROUP, "move the fusion weights by feedback on what was shown",
        "interestlake refit --lake out/lake --feedback shown.csv --recommend",
        OneStage(
            "stages.refit:REFIT", "reporting.refit_table:refit_table", "interestlake run --until recommend",
            ("models.fusion_weights", "models.recommender"), also={"recommend": "stages.refit:REFRESH"},
        ),
        REFIT, FEEDBACK,
    ),
    Command(
        "train-distribution", GROUP, "fine-tune the encoder to foretell items from a history in words",
        "interestlake train-distribution --train train.csv --test test.csv --items items.csv --out out/words",
        OnFiles("cli.distribution.command:train_distribution"), DISTRIBUTION,
    ),
    Command(
        "evaluate-expansion", GROUP, "hide people's late interests and find them again",
        "interestlake evaluate-expansion --lake out/lake",
        OneStage(
            "stages.evaluate_expansion:EVALUATE_EXPANSION", f"{CLOSING}:evaluate_expansion", GRAPH,
            "stages.expand:READS",
        ),
    ),
    Command(
        "evaluate-interests", GROUP, "judge the interests at the head of people's maps by held-out items",
        "interestlake evaluate-interests --lake out/lake",
        OneStage(
            "stages.evaluate_interests:EVALUATE_INTERESTS", f"{CLOSING}:evaluate_interests",
            "interestlake run --until build_interests", "stages.evaluate_interests:NEEDED",
        ),
    ),
    Command(
        "cross-domain", GROUP, "lists in this lake by what another one knows of the people",
        "interestlake cross-domain --lake out/films --from-lake out/books",
        OneStage(
            "stages.cross_domain:CROSS_DOMAIN", f"{CLOSING}:cross_domain", GRAPH,
            before="cli.exploring.before:other_lake",
        ),
        (
            Option(
                "--from-lake", "the lake that knows the people (default: a half of this lake's items is one shop, the "
                "other half the other)", metavar="LAKE", place=True,
            ),
        ),
    ),
    Command(
        "check-reasons", GROUP, "replay every reason against the tables; score without it",
        "interestlake check-reasons --lake out/lake --people 50",
        OneStage(
            "stages.explain:CHECK_REASONS", f"{REASONS}:refuse_lies", "interestlake run --until recommend",
            f"{REASONS}:NEEDED",
        ),
        (
            Option(
                "--people", "people whose lists are scored again without their reasons (default 100)", int,
                metavar="N", sets="explain.people",
            ),
        ),
    ),
)  # fmt: skip
