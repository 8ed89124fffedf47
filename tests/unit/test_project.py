"""The promises that the project makes about itself."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path
from statistics import median

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "projections", "api", "cli", "infra")
LONG_FOR_A_REASON = {
    "domain/events.py": "the catalogue of all events",
    "domain/commands.py": "the catalogue of all commands",
    "domain/values.py": "the vocabulary of both",
    "api/routes/road.py": "a table of routes with an example each",
    "api/routes/people.py": "a table of routes with an example each",
    "cli/demo/first_day.py": "the script of one day",
}
LISTS = re.compile(
    r'^(?:ignore|dependencies|build|dev|"tests/\*\*") = \[\n(.*?)^\]',
    re.DOTALL | re.MULTILINE,
)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
DECLARED = re.compile(r"(?:export )?(?:async )?function\*? (\w+)")
TABLES = {"set_stage", "_incidents", "_morning", "_breakdown", "truck"}


def tracked():
    found = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split("\n")
    return [ROOT / name for name in found if name and (ROOT / name).exists()]


def sources():
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def functions():
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node.name, node.end_lineno - node.lineno + 1


def test_files_are_short():
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in sources()
    }

    long = {name for name, length in lengths.items() if length > 250}
    assert long <= set(LONG_FOR_A_REASON)
    assert median(lengths.values()) <= 90


def test_functions_are_short():
    long = {name for _, name, length in functions() if length > 40}

    assert long <= TABLES
    assert median(length for _, _, length in functions()) <= 8


def pages_functions():
    """Of the browser's modules: from a declaration at the margin to its brace."""
    for path in tracked():
        if path.suffix != ".js":
            continue
        begun = None
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if found := DECLARED.match(line):
                begun = (found[1], number)
            elif line.startswith("}") and begun:
                yield path, begun[0], number - begun[1] + 1
                begun = None


def test_what_runs_in_a_browser_is_short_too():
    found = list(pages_functions())
    lengths = {p: len(p.read_text("utf-8").splitlines()) for p, _, _ in found}

    assert len(found) > 300
    assert {name for _, name, length in found if length > 40} == set()
    assert {p.name for p, length in lengths.items() if length > 250} == set()


def test_no_host_of_a_registry_and_no_path_of_a_machine_is_tracked():
    wrong = re.compile(rb"https?://[\w.-]*(pypi|npmjs|mirror)[\w.-]*|/(root|home)/\w+")
    own = Path(__file__)

    assert [
        path.relative_to(ROOT).as_posix()
        for path in tracked()
        if path != own and wrong.search(path.read_bytes())
    ] == []


def test_every_ignored_rule_and_every_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    lists = LISTS.findall(text)
    lines = [line for found in lists for line in found.splitlines()]

    assert len(lists) == 5
    assert [line for line in lines if '"' in line and "#" not in line] == []


def test_the_lock_files_pin_by_hash_what_pyproject_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lock = (ROOT / "requirements.lock").read_text("utf-8")

    for wanted in project["project"]["dependencies"]:
        name = re.match(r"[\w-]+", wanted)[0].lower()
        assert re.search(rf"^{name}(\[\w+\])?==.*\\$", lock, re.MULTILINE), name
    assert lock.count("--hash=sha256:") > 50


def test_links_between_documents_lead_somewhere():
    links = [
        (document, link)
        for document in tracked()
        if document.suffix == ".md"
        for link in LINK.findall(document.read_text("utf-8"))
    ]

    broken = [link for document, link in links if not (document.parent / link).exists()]
    assert links
    assert broken == []


def test_the_compose_file_starts_a_broker_and_the_node():
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    compose = yaml.safe_load(text)
    services = compose["services"]
    ports = [port for service in services.values() for port in service.get("ports", ())]
    mounted = {
        volume.partition(":")[0]
        for service in services.values()
        for volume in service["volumes"]
    }

    assert {"kafka", "node"} <= set(services)
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert all("healthcheck" in service for service in services.values())
    assert mounted == set(compose["volumes"])


def test_the_compose_file_has_three_brokers_and_three_nodes_that_find_them():
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    services = yaml.safe_load(text)["services"]
    cluster = {n: s for n, s in services.items() if s.get("profiles") == ["cluster"]}
    nodes = {n: s for n, s in cluster.items() if n.startswith("node-")}
    brokers = {n: s["environment"] for n, s in cluster.items() if n not in nodes}

    assert (len(nodes), len(brokers)) == (3, 3)
    assert len({b["KAFKA_NODE_ID"] for b in brokers.values()}) == 3
    assert len({b["CLUSTER_ID"] for b in brokers.values()}) == 1
    for name, settings in brokers.items():
        assert settings["KAFKA_ADVERTISED_LISTENERS"] == f"CLIENT://{name}:9092"
        assert (
            f"{settings['KAFKA_NODE_ID']}@{name}:9093"
            in (settings["KAFKA_CONTROLLER_QUORUM_VOTERS"])
        )
        assert settings["KAFKA_MIN_INSYNC_REPLICAS"] == 2
    for node in nodes.values():
        found = node["environment"]["KAFKA_BOOTSTRAP_SERVERS"].split(",")
        assert {host.partition(":")[0] for host in found} == set(brokers)
        assert set(node["depends_on"]) == set(brokers)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readmes_name_the_two_commands(name):
    text = (ROOT / name).read_text("utf-8")

    assert "make demo\nmake test" in text


def test_every_page_is_among_the_pictures():
    folder = ROOT / "tests/screens"
    pictured = "".join(each.read_text("utf-8") for each in folder.glob("*.py"))
    pages = {page.stem for page in (ROOT / "web/pages").glob("*.html")}

    assert len(pages) > 10
    assert {p for p in pages if not re.search(rf'"{p}["-]', pictured)} == set()
