"""The prompt's lines: what they mean, what is said of those that mean nothing, what is completed."""

import io
from types import SimpleNamespace

import pytest

from interestlake.cli.shell.lines import MOST_CHARACTERS, NAMES, options_of, parser_of, read_line, words_of
from interestlake.cli.shell.prompt import Prompt
from interestlake.core.errors import BadInput, Unreadable
from interestlake.core.progress import Progress


class Opened:
    """Says back what was asked."""

    user_ids = ["26", "shop:7"]

    def __init__(self):
        self.renewed = 0

    def renew(self):
        self.renewed += 1

    def item_ids(self, user):
        return [f"{user}-a", f"{user}-b"]

    def who_text(self, asked):
        return f"who {asked.like} {asked.limit}"

    def list_text(self, asked):
        if asked.user == "unreadable":
            raise Unreadable("no store")
        return f"list {asked.user} {asked.top} {asked.csv}"

    def ask_text(self, asked):
        return f"ask {asked.request} | {asked.user} {asked.top}"

    def explain_text(self, asked):
        return f"explain {asked.user} {asked.item}"

    def profile_text(self, asked):
        return f"profile {asked.user} {asked.out}"


def run(*lines, interactive=False):
    prompt = Prompt(Opened(), io.StringIO("".join(f"{line}\n" for line in lines)), io.StringIO(), False)
    prompt.cmdloop()
    return prompt, prompt.stdout.getvalue().splitlines()


def test_lines_are_the_commands_options_and_bare_words():
    prompt, said = run("list 26", "list --user shop:7 --top 3 --csv", "who star wars --limit 2", "who", "explain 26 i7",
                       "profile 26 --out p.html", "ask what's new, not --top 4 horror --user 26",
                       'ask "two words" more')  # fmt: skip
    assert said == ["list 26 None False", "list shop:7 3 True", "who star wars 2", "who None 10", "explain 26 i7",
                    "profile 26 p.html", "ask what's new, not horror | 26 4",
                    "ask two words more | None 10"]  # fmt: skip
    assert prompt.failed == 0 and prompt.opened.renewed == 8


def test_nothing_is_said_of_empty_lines_and_notes_and_leaving_ends():
    prompt, said = run("", "   ", "# list 26", "quit", "list 26")
    assert said == [] and prompt.lines == []
    assert run("exit", "list 26")[1] == run()[1] == []


@pytest.mark.parametrize(("line", "message"), [
    ("lst 26", "no command 'lst' here; did you mean list?"),
    ("qqqq", "no command 'qqqq' here; one of who, list"),
    ("list", "list: found no user; expected `list USER`"),
    ("explain", "explain: found no user; expected `explain USER`"),
    ("list 26 27", "list: found 27; expected at most --user"),
    ("list 26 --user 27", "list: found '26' beside --user"),
    ("list 26 --top x", "list: argument --top: found x; expected a whole number, 1 or more; `help list` shows"),
    ("list 26 --nosuch", "list: unrecognized arguments: --nosuch"),
    ('ask "open', "found a double quote that is not closed"),
    ("list unreadable", "cannot be read from here (no store); `interestlake list` asks Spark"),
    ("help nosuch", "no command 'nosuch' here"),
])  # fmt: skip
def test_a_line_without_an_answer_says_why_and_the_next_is_answered(caplog, line, message):
    prompt, said = run(line, "list 26")
    assert message in caplog.text and prompt.failed == 1 and said == ["list 26 None False"]


def test_help_and_history():
    _, said = run("help")
    assert [line.split()[0] for line in said] == [*NAMES, "help", "history", "quit"]
    _, said = run("help list")
    assert said[0].startswith("usage: list [USER]") and any("--csv" in line for line in said)
    assert run("list 26", "history")[1][1:] == ["   1  list 26", "   2  history"]


@pytest.mark.parametrize(("line", "text", "offered"), [
    ("list ", "", ["26", "shop:7"]), ("list --user ", "sh", ["shop:7"]), ("explain 26 ", "", ["26-a", "26-b"]),
    ("explain --user 26 --item ", "26-b", ["26-b"]), ("list 26 ", "--t", ["--top"]), ("help ", "pro", ["profile"]),
    ("ask funny ", "", []), ("nosuch ", "", []), ("list 26 ", "", []),
])  # fmt: skip
def test_completion(line, text, offered):
    prompt, _ = run()
    assert prompt.completedefault(text, line + text, len(line), len(line + text)) == offered
    assert prompt.completenames("li") == ["list"] and prompt.completenames("h") == ["help", "history"]


def test_the_prompt_takes_what_the_command_line_takes():
    for name in NAMES:
        flags = {option.flag for option in options_of(name)}
        assert not {"--lake", "--conf"} & flags and parser_of(name).format_help()
    assert {"--user", "--top", "--include-seen", "--json"} <= {option.flag for option in options_of("ask")}
    assert words_of('it\'s "a b" c\\d #1') == ["it's", "a b", "c\\d", "#1"]
    with pytest.raises(BadInput, match="unrecognized arguments: --to"):  # no abbreviations: options may come
        read_line("list", ["26", "--to", "3"])


def test_ctrl_c_drops_the_answer_alone(monkeypatch):
    prompt = Prompt(Opened(), io.StringIO("list 26\nwho\n"), io.StringIO(), False)

    def interrupted(asked):
        raise KeyboardInterrupt

    answers = {"renew": lambda: None, "list_text": interrupted, "who_text": lambda asked: "w"}
    monkeypatch.setattr(prompt, "opened", SimpleNamespace(**answers))
    prompt.cmdloop()
    assert prompt.stdout.getvalue().split() == ["w"]


class Endless(io.StringIO):
    """A line of five million characters, then another; what is asked for at once is counted."""

    most = 0

    def readline(self, size=-1):
        line = super().readline(size)
        self.most = max(self.most, len(line))
        return line


def test_a_line_without_end_is_refused_unread_and_the_next_is_answered(caplog):
    given = Endless(f"who {'x' * 5_000_000}\nlist 26\n")
    prompt = Prompt(Opened(), given, io.StringIO(), False)
    prompt.cmdloop()
    assert prompt.stdout.getvalue() == "list 26 None False\n" and given.most <= MOST_CHARACTERS + 1
    told = [record.getMessage() for record in caplog.records]
    assert told == ["error: line: found more than 10,000 characters; expected at most 10,000; set it in the line"]
    assert prompt.failed == 1 and max(map(len, prompt.lines)) <= 1_000


def test_a_line_of_the_longest_length_is_answered():
    line = "who " + "x" * (MOST_CHARACTERS - 5)
    prompt, said = run(line, "list 26")
    assert prompt.failed == 0 and len(said[0]) == len(f"{line} 10") and said[1] == "list 26 None False"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_an_answer_that_is_interrupted_leaves_no_line_behind(monkeypatch):
    now = [0.0]
    progress = Progress(lambda: now[0])
    progress.stream = Terminal()
    monkeypatch.setattr("interestlake.cli.shell.prompt.PROGRESS", progress)

    def interrupted(asked):
        now[0] += 60
        progress.tick()
        raise KeyboardInterrupt

    opened = Opened()
    opened.ask_text = interrupted
    prompt = Prompt(opened, io.StringIO(), io.StringIO(), False)
    with progress.rest():
        prompt.onecmd("ask films")
        assert "ask: under way" in progress.stream.getvalue() and progress.stream.getvalue().endswith("\r\x1b[K")
        said = progress.stream.getvalue()
        now[0] += 600
        progress.tick()
        assert progress.stream.getvalue() == said and not progress.shown
