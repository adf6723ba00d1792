"""The options of `interestlake support`. Nothing slow is imported here."""

import argparse

COMMAND = "support"


def add_parser(commands: argparse._SubParsersAction, common) -> None:
    """The command; `common` adds the options that every command on a lake has."""
    parser = commands.add_parser(COMMAND, help="agents and answers for new tickets, from past ones and articles")
    common(parser)
    parser.add_argument("--tickets", required=True, metavar="CSV", help="past tickets: ticket_id,text,agent_id"
                        "[,article_id][,solved 0..1][,timestamp]")
    parser.add_argument("--articles", required=True, metavar="CSV", help="knowledge base: article_id,text[,title]")
    parser.add_argument("--new", required=True, metavar="CSV", help="new tickets: ticket_id,text")


def inputs_of(arguments: argparse.Namespace) -> tuple[str, str, str]:
    """The three files, in the order in which the stage reads them."""
    return arguments.tickets, arguments.articles, arguments.new
