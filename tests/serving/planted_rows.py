"""`Rows` and a `Directory` over lists of records, without a lake."""

from interestlake.core.edits import edits
from interestlake.serving.directory import most_edits
from interestlake.serving.titles import folded, names


class PlantedRows:
    """tables: name -> records; a column that a record lacks is None."""

    root = "planted"

    def __init__(self, **tables):
        self.tables = {name.replace("__", "."): rows for name, rows in tables.items()}

    def there(self, name):
        return name in self.tables

    def of(self, name, columns, any_of=None):
        met = [row for row in self.tables[name] if all(row[c] in set(v) for c, v in (any_of or {}).items())]
        return [{column: row.get(column) for column in columns} for row in met]


class PlantedDirectory:
    """The look-ups of items that `Directory` promises."""

    def __init__(self, items):
        self.items = items

    def by_title(self, text, limit):
        return [one for one in self.items if text.lower() in one["title"].lower()][:limit]

    def titled(self, text, limit):
        return [one for one in self.items if folded(text) in names(one["title"])][:limit]

    def near_ids(self, text, limit):
        return [one for one in self.items if edits(one["item_id"], text, 9) <= most_edits(text)][:limit]

    def near_titles(self, text):
        return [one for one in self.items if edits(one["title"].lower(), text.lower(), 9) <= len(text) // 2]
