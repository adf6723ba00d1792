"""What the session keeps of the JVM's names."""

from interestlake.core.session import JVM_NAMES, keep_jvm_names


class Names:
    """Answers any name with further names, and notes who asked, as py4j's view of a JVM does."""

    def __init__(self, asked: list[str], path: str = ""):
        self.__dict__.update(asked=asked, path=path)

    def __getattr__(self, name: str) -> "Names":
        self.asked.append(f"{self.path}{name}")
        return Names(self.asked, f"{self.path}{name}.")


def test_each_name_is_asked_for_once():
    asked: list[str] = []
    view = Names(asked)
    keep_jvm_names(view, ("functions", "java.util.List", "java.io.File"))
    assert view.functions.path == "functions." and view.java.io.File.path == "java.io.File."
    assert sorted(asked) == ["functions", "java", "java.io", "java.io.File", "java.util", "java.util.List"]


def test_the_names_are_the_jvms(spark):
    keep_jvm_names(spark._jvm)
    for name in JVM_NAMES:
        holder = spark._jvm
        for part in name.split("."):
            assert part in vars(holder), name
            holder = getattr(holder, part)
    assert spark._jvm.functions.lit(1).toString() == "1"
    assert spark._jvm.java.io.File("a", "b").getPath() == "a/b"
