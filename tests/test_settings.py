"""The settings: typed, refused in one sentence where they are wrong, and described."""

import re

import pytest
from support.service import ROOT

from api.service.settings import SettingsError, described, read

LONG = "x" * 32


def test_where_nothing_is_said():
    """Without settings, the service is on loopback, where everybody may read and nobody write."""
    assert read({"PATH": "/bin", "ATTESTED": "no"}) == {
        "database_url": None,
        "pooler": False,
        "data_dir": "data",
        "manual_dir": "build/manual",
        "host": "127.0.0.1",
        "port": 8000,
        "admin_key": None,
        "public_read": True,
        "public_write": False,
        "workers": 2,
        "worker": "leader",
        "threads": 6,
        "pool_wait": 5,
        "statement_timeout": 30_000,
        "bundle_timeout": 300_000,
        "exports": 2,
        "export_timeout": 3_600_000,
        "max_body": 16_777_216,
        "max_bundle_records": 10_000,
        "max_match_names": 1_000,
        "worker_memory": 400,
        "proxies": 0,
        "hosts": None,
        "cors_origins": None,
        "log_format": "auto",
    }


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("DATABASE_URL", "postgresql://attest@db/attest", "postgresql://attest@db/attest"),
        ("POOLER", "true", True),
        ("DATA_DIR", "/var/lib/attest", "/var/lib/attest"),
        ("MANUAL_DIR", "/usr/share/doc/attest", "/usr/share/doc/attest"),
        ("HOST", "::1", "::1"),
        ("PORT", "1", 1),
        ("PORT", "65535", 65_535),
        ("DATABASE_URL", "postgres://a:p%40ss@b,c:1,2/d?sslmode=require", None),
        ("DATABASE_URL", "host=/tmp password='p@ss://word' dbname=attest", None),
        ("ADMIN_KEY", LONG, LONG),
        ("ADMIN_KEY", "correct horse battery staple", None),
        ("PUBLIC_READ", "false", False),
        ("PUBLIC_READ", "true", True),
        ("PUBLIC_WRITE", "true", True),
        ("WORKERS", "512", 512),
        ("THREADS", "256", 256),
        ("POOL_WAIT", "300", 300),
        ("STATEMENT_TIMEOUT", "1", 1),
        ("BUNDLE_TIMEOUT", "3600000", 3_600_000),
        ("MAX_BODY", "1024", 1_024),
        ("PROXIES", "10", 10),
        ("LOG_FORMAT", "json", "json"),
    ],
)
def test_each_setting(name, text, value):
    """Each setting is what its type makes of the text, and no other one changes."""
    value = text if value is None else value
    found = read({f"ATTEST_{name}": text})
    expected = read({}) | {name.lower(): value}
    assert (found, type(found[name.lower()])) == (expected, type(value))


def refusal(environment):
    """Give the sentence with which settings are refused."""
    with pytest.raises(SettingsError) as refused:
        read(environment)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))
    return sentence


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "http"),
        ("PORT", "8000.5"),
        ("PORT", "8_000"),
        ("WORKERS", "0"),
        ("WORKERS", "513"),
        ("THREADS", "0"),
        ("POOL_WAIT", "0"),
        ("STATEMENT_TIMEOUT", "30s"),
        ("STATEMENT_TIMEOUT", "0"),
        ("BUNDLE_TIMEOUT", "5min"),
        ("BUNDLE_TIMEOUT", "0"),
        ("POOLER", "pgbouncer"),
        ("MAX_BODY", "16M"),
        ("MAX_BODY", "1023"),
        ("PROXIES", "11"),
        ("PROXIES", "-1"),
        ("PUBLIC_READ", "yes"),
        ("PUBLIC_READ", "1"),
        ("PUBLIC_WRITE", "True"),
        ("LOG_FORMAT", "xml"),
        ("HOST", " "),
        ("ADMIN_KEY", "short"),
        ("ADMIN_KEY", "ünïcode-key-longer"),
        ("ADMIN_KEY", " a key with a space before it"),
        ("ADMIN_KEY", "a key with a line feed behind it\n"),
        ("ADMIN_KEY", "a key with\ta tab in it"),
    ],
)
def test_a_malformed_setting(name, text):
    """What a setting cannot be is refused in one sentence that names it."""
    assert refusal({f"ATTEST_{name}": text}).startswith(f"ATTEST_{name}: ")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PROT", "port"),
        ("DATABASE", "database_url"),
        ("WORKRES", "workers"),
        ("PUBLICREAD", "public_read"),
    ],
)
def test_an_unknown_setting(name, meant):
    """A setting that does not exist is not ignored: the one that was meant is named."""
    sentence = refusal({f"ATTEST_{name}": "1"})
    assert f"ATTEST_{name}" in sentence
    assert re.search(rf"Did you mean (ATTEST_)?{meant}\?", sentence, re.IGNORECASE)


def test_all_that_is_wrong_at_once():
    """Whoever mends settings is told of all that is wrong with them."""
    sentence = refusal({"ATTEST_PORT": "x", "ATTEST_NOTHING": "x", "ATTEST_WORKERS": "0"})
    assert all(f"ATTEST_{name}" in sentence for name in ("PORT", "NOTHING", "WORKERS"))


def test_an_empty_setting_is_not_set():
    """An empty value, as of a compose file, counts as not set; the name must be right."""
    assert read(dict.fromkeys((f"ATTEST_{name.upper()}" for name in read({})), "")) == read({})
    assert "ATTEST_PROT" in refusal({"ATTEST_PROT": ""})


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hunter2@h/x",
        "postgresql://u:hunter2 hunter2@h/x",
        "postgresql://u:%zzhunter2@h/x",
        "postgresql://u:p@hunter2@127.0.0.1/x",
        "postgresql://u:1/hunter2@127.0.0.1/x",
        "postgresql://u:hunter2/2@127.0.0.1/x",
        "postgresql://u:hunter2",
        "host=h password=p hunter2",
        "host=h password=p hunter2=p",
        "host=h password=p port=hunter2",
        "host=h password='hunter2",
        "hunter2",
    ],
)
def test_a_password_is_not_repeated(url):
    """A wrong address of the database is refused without repeating any of it."""
    sentence = refusal({"ATTEST_DATABASE_URL": url})
    assert sentence.startswith("ATTEST_DATABASE_URL: ")
    assert "hunter2" not in sentence


def test_a_secret_is_not_repeated():
    """What is said of a wrong key does not show it."""
    for key in ("hunter2", "hunter2-ünïcode"):
        assert "hunter2" not in refusal({"ATTEST_ADMIN_KEY": key})
    assert "hunter22" not in refusal({"ATTEST_HOST": "0.0.0.0", "ATTEST_ADMIN_KEY": "hunter22"})  # noqa: S104


OPEN = ["0.0.0.0", "::", "192.0.2.1", "attest.example.org", "2001:db8::1"]  # noqa: S104
CLOSED = ["127.0.0.1", "127.0.0.2", "::1", "localhost"]


@pytest.mark.parametrize("host", OPEN)
def test_where_others_can_reach_it(host):
    """Off loopback, nobody writes without a key, nor with one that is short or everybody's."""
    where = {"ATTEST_HOST": host}
    assert "PUBLIC_WRITE" in refusal(where | {"ATTEST_PUBLIC_WRITE": "true"})
    for key in ("x" * 31, "attest-example-admin-key"):
        assert "ADMIN_KEY" in refusal(where | {"ATTEST_ADMIN_KEY": key})
    assert read(where | {"ATTEST_ADMIN_KEY": LONG})["admin_key"] == LONG
    assert read(where)["public_read"] is False
    assert read(where | {"ATTEST_PUBLIC_READ": "true"})["public_read"] is True


@pytest.mark.parametrize("host", CLOSED)
def test_where_nobody_else_can_reach_it(host):
    """On loopback, one may write without a key, and use the key of the examples."""
    where = {"ATTEST_HOST": host, "ATTEST_PUBLIC_WRITE": "true"}
    found = read(where | {"ATTEST_ADMIN_KEY": "attest-example-admin-key"})
    assert (found["public_write"], found["public_read"]) == (True, True)


def test_every_setting_is_described():
    """What is described is what there is, with its default and what it means."""
    assert {name for name, _, _ in described()} == {f"ATTEST_{name.upper()}" for name in read({})}
    defaults = {
        name.removeprefix("ATTEST_").lower(): default for name, default, _ in described() if default
    }
    assert read({f"ATTEST_{name.upper()}": text for name, text in defaults.items()}) == read({})
    assert all(meaning.endswith(".") for _, _, meaning in described())


def test_the_settings_in_the_docs():
    """The table in docs/operations.md holds what `attest settings` prints, no more and no less."""
    text = (ROOT / "docs" / "operations.md").read_text()
    table = re.search(
        r"^\| *setting *\| *default *\| *meaning *\|\n\|[-:| ]+\|\n((?:\|.*\|\n?)+)",
        text,
        re.MULTILINE,
    )
    assert table, "docs/operations.md has no table of settings"
    rows = [
        tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|")))
        for row in table[1].splitlines()
    ]
    written = [
        (name.strip("`"), default.strip("`"), meaning.replace(r"\|", "|"))
        for name, default, meaning in rows
    ]
    assert written == described()
