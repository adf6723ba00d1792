"""Interests and lists of people, one of them where asked for."""

from ...core.config import REQUEST
from .command import Command, Number, OneStage, OnFiles, Option, OverLake, OwnStart, as_count
from .shared import CONF, LAKE, NAMED, PROFILE, SET, USER

GRAPH = "interestlake run --until build_graph"  # the command that makes what these read
NEEDED = "stages.interests:NEEDED"
SOMEBODY = "cli.exploring.before:somebody"
CLOSING, REASONS = "cli.exploring.closing", "recommending.explaining.command"
ASKED = "serving.person_page.request"
SAID = "cli.exploring.said_at_once"


def also_of(what: str) -> Option:
    return Option("--user", f"also print {what} this person: {NAMED}", metavar="U")


ASK = (
    Option("request", "what is wanted, in words; - reads it from standard input"),
    LAKE,
    Option("--user", f"who asks: {NAMED} (default: nobody's profile)"),
    Option("--top", "items of the list (default 10)", as_count, 10, metavar="N"),
    Option("--include-seen", "also items that the person has chosen before", bool),
    Option("--intents", "--out of train-intents, or models:/interestlake.intents@ALIAS", metavar="MODEL", place=True),
    Option("--tagger", "--out of train-tagger, or models:/interestlake.tagger@ALIAS", metavar="MODEL", place=True),
    Option("--json", "print JSON", bool),
    Option(
        "--max-gigabytes", "memory that the items may take in this process (default 4)", Number(above=True), 4.0,
        metavar="G",
    ),
    Option(
        "--tracking-uri", "MLflow store: where models:/ names are looked up, and, where it is named here, what takes a "
        "run with what was understood and how long it took; never the words",
    ),
    CONF,
    PROFILE,
    SET,
)  # fmt: skip
SHELL = tuple(option for option in ASK if option.flag in ("--lake", "--intents", "--tagger", "--max-gigabytes",
                                                           "--tracking-uri", "--conf", "--set"))  # fmt: skip
PROFILE_PAGE = (
    USER,
    Option("--out", "file (default: reports/profile-<id>.html in the lake)", metavar="HTML"),
    Option("--text", "print the interests instead of writing a page", bool),
    Option("--open", "show the page in the browser", bool),
    Option("--serve", "serve it on this machine, so that its buttons work", bool),
    Option("--port", "port of --serve (default: a free one)", Number(0, 65535, whole=True), 0),
)
FEEDBACK = (
    USER,
    Option("--not-interested", "item id; repeatable", metavar="ITEM", repeat=True),
    Option("--not-interested-in", "interest id such as tag:funny; repeatable", metavar="INTEREST", repeat=True),
    Option("--withdraw", "take the named objections back instead", bool),
)
FORGET = (
    USER,
    Option("--item", "this item of the person's history", metavar="ITEM", one_of="what", required=True),
    Option("--interest", "this interest of the person, such as tag:funny", metavar="INTEREST", one_of="what"),
    Option("--everything", "the person", bool, one_of="what"),
    Option(
        "--keep-history-hours", "older versions of the tables younger than this stay readable (default 0: none)",
        Number(), 0.0, metavar="H",
    ),
)  # fmt: skip
EXPLAIN = (
    Option("--user", f"the reasons of one person's list: {NAMED}"),
    Option("--item", "with --user: why this item stands, or does not, in the list; alone: what the lake holds of it"),
    Option("--apart", "with both: its score taken apart, by Kernel SHAP and gradients (starts Spark)", bool),
)
WHO = (
    Option(
        "--like",
        "people whose id is this or near it, and items whose title holds it (default: some of each)",
        metavar="TEXT",
    ),
    Option("--limit", "rows of each (default 10)", Number(1, 1_000, whole=True), 10, metavar="N"),
)
LIST = (
    USER,
    Option("--csv", "print CSV: rank,item_id,title,score,reason", bool),
    Option("--top", "length at most (default: recommend.top_k)", as_count, metavar="N"),
)
REPLAY = (
    Option(
        "--user", f"whose list is printed (default: everybody's are made again and held to what the run wrote): {NAMED}"
    ),
    Option("--csv", "with --user: print CSV: rank,item_id,title,score,reason", bool),
)
COMMANDS = (
    Command(
        "who", "one person", "people of a lake to try a command on, and items by title",
        "interestlake who --lake out/lake --like alien",
        OverLake("cli.exploring.who:who", "cli.exploring.who_at_once:at_once"), WHO,
    ),
    Command(
        "list", "one person", "one person's list with its reasons, to read or as CSV",
        "interestlake list --lake out/lake --user u1",
        OverLake("cli.exploring.list:one_persons_list", "cli.exploring.list_at_once:at_once"), LIST,
    ),
    Command(
        "replay", "one person", "the lists of a past run (--run-id) made again, from its tables and its models",
        "interestlake replay --lake out/lake --run-id r1 --user u1", OverLake("cli.replay:replay"), REPLAY,
        any_of=("run_id",),
    ),
    Command(
        "ask", "one person", "answer a request in plain words with a list and its reasons",
        'interestlake ask "funny films of the nineties" --lake out/lake',
        OwnStart("serving.asking.command:ask", ("interestlake.serving.asking.ask", "onnxruntime")), ASK,
    ),
    Command(
        "shell", "one person", "who, list, ask, profile and explain at a prompt, over a lake that stays open",
        "interestlake shell --lake out/lake", OnFiles("cli.shell.command:shell"), SHELL,
    ),
    Command(
        "profile", "one person", "one person's page: interests, trends, lists with reasons, controls",
        "interestlake profile --lake out/lake --user u1 --open",
        OneStage(
            "stages.person:PROFILE", f"{ASKED}:page_closing", needs=("silver.users",), before=f"{ASKED}:page",
            instead={"serve": "cli.serve:serve_page", "text": "cli.exploring.profile_text:print_profile"},
            at_once="cli.exploring.profile_at_once:at_once",
        ),
        PROFILE_PAGE, REQUEST,
    ),
    Command(
        "feedback", "one person", "what a person does not want to see, heeded from the next list on",
        "interestlake feedback --lake out/lake --user u1 --not-interested-in tag:funny",
        OneStage(
            "stages.person:FEEDBACK", f"{ASKED}:closing", needs=("silver.users",), before=f"{ASKED}:feedback",
            at_once=f"{SAID}:feedback",
        ),
        FEEDBACK, REQUEST, ("not_interested", "not_interested_in"),
    ),
    Command(
        "forget", "one person", "delete what the lake holds of a person, also from history",
        "interestlake forget --lake out/lake --user u1 --everything",
        OneStage(
            "stages.person:FORGET", f"{ASKED}:closing", needs=("silver.users",), before=f"{ASKED}:forget",
            at_once=f"{SAID}:forget",
        ),
        FORGET, REQUEST,
    ),
    Command(
        "explain", "one person", "structured reasons of every list, of one person's, or of one item",
        "interestlake explain --lake out/lake --user u1 --item i7",
        OneStage(
            "stages.explain:EXPLAIN", f"{REASONS}:reasons_table", "interestlake run --until recommend",
            f"{REASONS}:NEEDED",
            instead={
                "apart": "cli.exploring.reasons:taken_apart", "user": "cli.exploring.reasons:of_person",
                "item": "cli.exploring.reasons:of_person",
            },
            at_once="cli.exploring.reasons_at_once:at_once",
        ),
        EXPLAIN,
    ),
    Command(
        "interests", "one person", "interest profiles, trends, influence, hubs and bridges",
        "interestlake interests --lake out/lake --user u1",
        OneStage("stages.interests:INTERESTS", f"{CLOSING}:interests", GRAPH, NEEDED, SOMEBODY),
        (Option("--user", f"print the profile of this person alone: {NAMED}", metavar="U"),),
    ),
    Command(
        "expand", "one person", "new interests of every person, with confidence, path and source",
        "interestlake expand --lake out/lake --user u1",
        OneStage("stages.expand:EXPAND", f"{CLOSING}:expand", GRAPH, before=SOMEBODY),
        (
            Option("--surprise", "0: the surest first (default)", float, metavar="S", sets="expand.surprise"),
            also_of("the expansions of"),
        ),
    ),
    Command(
        "people", "one person", "people to know, experts and groups", "interestlake people --lake out/lake --user u1",
        OneStage("stages.people:PEOPLE_STAGE", f"{CLOSING}:people", "interestlake interests", before=SOMEBODY),
        (also_of("the people for"),),
    ),
    Command(
        "next-interest", "one person", "what people turn to next, and where each interest goes",
        "interestlake next-interest --lake out/lake --user u1",
        OneStage("stages.next_interest:NEXT_INTEREST", f"{CLOSING}:next_interest", GRAPH, NEEDED, SOMEBODY),
        (also_of("it for"),),
    ),
)  # fmt: skip
