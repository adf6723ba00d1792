"""Spark's log is ruled by one file, wherever conf lies."""

from pathlib import Path

from interestlake.core.session import JAVA_OPTIONS, LOG_RULES, read_properties, with_log_rules

ROOT = Path(__file__).resolve().parents[2]


def test_profiles_name_the_rules_for_spark_submit():
    for profile in ("local", "standalone", "gpu"):
        options = read_properties(ROOT / "conf" / "spark" / f"{profile}.properties")[JAVA_OPTIONS]
        assert f"-Dlog4j2.configurationFile=conf/{LOG_RULES}" in options.split()


def test_elsewhere_the_file_beside_the_profile_is_named(tmp_path, monkeypatch):
    rules = tmp_path / "a b" / LOG_RULES
    rules.parent.mkdir(parents=True)
    rules.write_text("rootLogger.level = error")
    monkeypatch.chdir(tmp_path)
    given = f"-Xms1g -Dlog4j2.configurationFile=conf/{LOG_RULES} -Xmn1g"
    assert with_log_rules(given, rules).split(" ", 3)[3] == f'"-Dlog4j2.configurationFile={rules}"'
    assert with_log_rules("", rules) == f'"-Dlog4j2.configurationFile={rules}"'
    assert with_log_rules(given, tmp_path / "none") == given
    monkeypatch.chdir(ROOT)
    assert with_log_rules(given, rules) == given


def test_errors_and_telling_warnings_pass_and_noise_does_not(spark):
    log_manager = spark._jvm.org.apache.logging.log4j.LogManager

    def passes(name: str, level: str) -> bool:
        logger = log_manager.getLogger(name)
        return getattr(logger, f"is{level}Enabled")()

    assert passes("org.apache.spark.scheduler.TaskSchedulerImpl", "Warn")
    assert passes("org.apache.spark.executor.Executor", "Error")
    assert not passes("org.apache.spark.executor.Executor", "Warn")
    assert not passes("org.apache.spark.sql.catalyst.expressions.codegen.CodeGenerator", "Error")
