"""What the machine, the JVM or a store refuses, by the words they say it in: found, expected, where to set it."""

import re

from .errors import BadInput

PROPERTIES = "conf/spark/<profile>.properties"
# words -> what it is about, what was found (None: the line with the words), what is expected, where to set it
SIGNS: tuple[tuple[str, str, str | None, str, str], ...] = (
    ("No space left on device|Disk quota exceeded", "disk", "no space left", "room for the tables and Spark's files",
     "--lake, spark.local.dir or TMPDIR; `df -h` shows what is full"),
    ("Java heap space|GC overhead limit|OutOfMemoryError: (?!unable)", "memory of Spark", "too little",
     "more memory, or less input", f"spark.driver.memory, spark.executor.memory in {PROPERTIES}"),
    ("unable to create (new )?native thread|Too many open files", "limits of this user", None,
     "more threads or open files", "`ulimit -u` and `ulimit -n`"),
    ("UnsupportedClassVersionError|class file version|IllegalAccessError: class org.apache.spark.storage|"
     "getSubject is (not supported|supported only)|Unrecognized VM option", "Java", None, "Java 17", "JAVA_HOME"),
    ("JAVA_HOME is not set|Unable to locate a Java Runtime|java: (command )?not found|No such file .*: 'java'", "Java",
     "none", "Java 17", "JAVA_HOME, or `make setup`, which brings one"),
    ("UNRESOLVED DEPENDENCIES|unresolved dependency|Server access error", "Spark's jars",
     "a repository that does not answer", "a Maven repository, or jars fetched before",
     "the proxy (JAVA_TOOL_OPTIONS=-Dhttps.proxyHost=...) or spark.jars.ivySettings; `make setup` fetches them once"),
    ("failed to map segment from shared object|cannot enable executable stack|UnsatisfiedLinkError", "temporary folder",
     "no right to load libraries from it (noexec)", "a folder whose files may be run",
     "TMPDIR and -Djava.io.tmpdir in spark.driver.extraJavaOptions"),
    ("All masters are unresponsive|Failed to connect to master|Could not parse Master URL|Invalid master URL|"
     "Failed to connect to .*:7077", "cluster", None, "a master that answers",
     f"spark.master in {PROPERTIES}; infra/standalone/start.sh starts one on this machine"),
    ("UnknownHostException|UnresolvedAddressException", "host name of this machine", None,
     "a name with an address", "/etc/hosts, or the variable SPARK_LOCAL_IP=127.0.0.1"),
    ("Address already in use|BindException|Cannot assign requested address", "ports of this machine", None,
     "free ports on the loopback address", "SPARK_LOCAL_IP=127.0.0.1, or another port"),
    ("Python in worker has different version|PYTHON_VERSION_MISMATCH|Cannot run program .*python", "Python of Spark's "
     "workers", None, "the Python that runs this command", "PYSPARK_PYTHON and PYSPARK_DRIVER_PYTHON"),
    ("Read-only file system", "file system", "one that is read-only", "one that can be written",
     "--lake, spark.local.dir, TMPDIR or HOME"),
    ("Permission denied|AccessControlException|AccessDeniedException", "rights", None, "files that can be read and "
     "written", "the rights of that file, or another place"),
    ("DELTA_FILE_NOT_FOUND|DELTA_TABLE_NOT_FOUND|DELTA_LOG|PATH_NOT_FOUND|FileReadException|FileNotFoundException",
     "lake", None, "tables with all their files", "--lake: was it copied whole, or cleaned while this ran?"),
    ("UNRESOLVED_COLUMN", "lake", None, "tables as this version writes them",
     "--lake, made anew by `interestlake run`"),
    ("Java gateway process exited", "Java", "a JVM that ended while it started", "Java 17 and memory for it",
     "JAVA_HOME; `interestlake doctor` looks for the cause"),
    ("Answer from Java side is empty|Error while (sending|receiving)|Connection refused|Connection reset by peer",
     "Spark", "a JVM that is gone, most likely ended for want of memory", "a JVM that lives as long as the command",
     f"spark.driver.memory in {PROPERTIES}, less than what is free"),
)  # fmt: skip


def machine_fault(text: str) -> BadInput | None:
    """The message for the first sign in `text`, which an exception or a log says; None where it holds none."""
    for pattern, what, found, expected, where in SIGNS:
        if sign := re.search(pattern, text):
            start = text.rfind("\n", 0, sign.start()) + 1
            line = text[start:].split("\n", 1)[0]
            return BadInput.of(what, found=found or " ".join(line.split())[:300], expected=expected, where=where)
    return None
